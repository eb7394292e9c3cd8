import { embeddedBackend } from './embedded-backend.ts'
import { allSuites } from './suites.ts'

allSuites(embeddedBackend())
