import { memoryBackend } from './memory-backend.ts'
import { allSuites } from './suites.ts'

allSuites(memoryBackend())
