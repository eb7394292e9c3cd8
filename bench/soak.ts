/**
 * The local pipeline at the highest rate that the embedded servers hold, with faults:
 * `npm run soak -- [--minutes 10] [--rate N|max] [--seed N]`
 */
import { loadCommand } from './load/load-command.ts'

await loadCommand({
  name: 'soak',
  description:
    'Sends events as fast as they come out at the other end, with faults between the functions and ' +
    'their stores and functions that crash, and checks that lag, memory and every row are right.',
  minutes: 10,
  rate: 'max',
  load: {
    mix: { duplicate: 0.03, malformed: 0.01, late: 0.03, open: 0.05 },
    faults: {
      rates: {
        throttle: 0.0005,
        'server-error': 0.0005,
        unavailable: 0.0005,
        'reset-before': 0.0005,
        'reset-after': 0.0005,
        hang: 0.00005,
        slow: 0.001,
        'cut-answer': 0.0005,
        stall: 0.00005,
        'unprocessed-items': 0.02,
        'failed-records': 0.02,
        'short-page': 0.02,
      },
      // A little longer than the functions wait, so that it is mostly they who give up.
      hangMs: 11_000,
      maxSlowMs: 500,
    },
    failures: { errorShare: 0.03, crashEveryMs: 15_000 },
    rollUpEveryMs: 15_000,
  },
})
