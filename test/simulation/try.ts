import { playSchedule } from './play-schedule.ts'

const from = Number(process.argv[2] ?? 0),
  count = Number(process.argv[3] ?? 1)
const started = performance.now()
let failed = 0
const totals: Record<string, number> = {}
for (let seed = from; seed < from + count; seed++) {
  const played = await playSchedule(seed, count === 1)
  for (const [k, v] of Object.entries(played.counts)) totals[k] = (totals[k] ?? 0) + v
  if (played.failure) {
    failed++
    if (failed < 6 || count === 1) console.log(seed, played.failure.message)
    if (count === 1) console.log(played.story.about(played.failure.about))
  }
}
console.log(
  failed,
  'failed of',
  count,
  ((performance.now() - started) / count).toFixed(1),
  'ms each',
)
if (count > 1) console.log(totals)
