import { readFileSync } from 'node:fs'

// The report is empty when lint or types failed, before any test ran.
const text = readFileSync(process.argv[2], 'utf8')
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = text ? JSON.parse(text) : {}
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed${skipped}\n`)
