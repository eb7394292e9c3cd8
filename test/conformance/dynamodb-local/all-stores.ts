import { tableSuites } from '../suites.ts'
import { dynamoDbLocalBackend } from './dynamodb-local-backend.ts'

// Run by the command beside this, which starts the server and says where it is.
tableSuites(dynamoDbLocalBackend(process.env.DYNAMODB_LOCAL_ENDPOINT ?? ''))
