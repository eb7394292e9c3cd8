import { expect, it } from 'vitest'
import { BrokenInvariant } from '../../lib/core/invariant.ts'
import type { ChangedUnit } from '../../lib/ledger/changed-units.ts'
import { hourUnit, type Unit } from '../../lib/ledger/unit.ts'
import { UndoneUnits } from '../../lib/rollup/backlog.ts'
import { Deadline } from '../../lib/rollup/deadline.ts'
import { workOff } from '../../lib/rollup/work-off.ts'

const changedHour = (hour: number): ChangedUnit<Unit> => ({
  unit: hourUnit(hour * 3_600_000),
  token: String(hour),
  markedAtMs: 0,
  foldedOpen: false,
  heldUntilMs: 0,
})

it('a broken invariant ends the work once no unit is under way, and other failures are kept', async () => {
  const deadline = new Deadline(() => 0, 3_600_000)
  const outcome = { failures: [], undone: new UndoneUnits() }
  const worked: string[] = []
  const begun = Promise.withResolvers<void>()
  const slow = Promise.withResolvers<void>()
  const working = workOff(
    deadline,
    [0, 1, 2, 3, 4].map(changedHour),
    3,
    outcome,
    async ({ token }) => {
      if (token === '0') throw new Error('fails')
      if (token === '1') {
        await begun.promise
        setImmediate(slow.resolve)
        throw new BrokenInvariant('what must hold')
      }
      if (token === '2') {
        begun.resolve()
        await slow.promise
      }
      worked.push(token)
      return true
    },
  )
  await expect(working).rejects.toThrow('what must hold')
  expect(worked).toContain('2')
  expect(worked).not.toContain('4')
  const units = [hourUnit(0), hourUnit(3_600_000)]
  expect(outcome.failures).toMatchObject(units.map((unit) => ({ unit })))
})
