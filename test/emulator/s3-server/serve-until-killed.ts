/** Serves the folder named in the first argument and tells the parent process where. */
import { startS3Server } from '../../../emulator/s3-server/index.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Which folder?')
// A test run that dies must not leave this process behind.
process.on('disconnect', () => process.exit())
const server = await startS3Server({ folder, port: 0 })
process.send?.(server.url)
