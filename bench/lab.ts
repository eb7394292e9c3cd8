/**
 * The rule of AWS's exactly-once lab: 10,000 messages a minute with duplicates and functions that
 * fail at random must be exact within 30 seconds of the last one. `npm run lab -- [--minutes 2]`
 */
import { loadCommand } from './load/load-command.ts'

await loadCommand({
  name: 'lab',
  description:
    '10,000 messages a minute with duplicates, and functions that fail at random: minute rows and ' +
    'rollups must be exact within 30 seconds of the last message.',
  minutes: 2,
  rate: 10_000 / 60,
  load: {
    // A tenth is of the open hour, where a producer's duplicates count in minute rows; all else is
    // of hours that are over, where they must not.
    mix: { duplicate: 0.1, malformed: 0.01, late: 0.03, open: 0.1 },
    faults: { rates: {}, hangMs: 0, maxSlowMs: 0 },
    failures: { errorShare: 0.2, crashEveryMs: 5_000 },
    rollUpEveryMs: 3_000,
  },
  withinSeconds: 30,
})
