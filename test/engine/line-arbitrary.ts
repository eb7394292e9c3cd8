import fc from 'fast-check'
import type { SeededRandom } from '../data/seeded-random.ts'
import { damage } from './damage.ts'
import type { DefinitionPlan } from './definition-plan.ts'
import { fieldTexts } from './field-texts.ts'
import { spaceTokens, spellText } from './json-spelling.ts'
import { choicesOf, styles } from './styles.ts'
import { type Member, unknownMembers } from './unknown-members.ts'

const rarely = <Value>(arbitrary: fc.Arbitrary<Value>, else_: Value, oneIn: number) =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(else_) }, { weight: 1, arbitrary })

/** Lines for a definition: most of them events in any spelling, some of them damaged. */
export function linesFor(plan: DefinitionPlan): fc.Arbitrary<Uint8Array> {
  const { fields } = plan
  const known = fields.map((field) =>
    fc
      .tuple(fieldTexts(field), rarely(fc.constant(true), false, field.optional ? 4 : 80))
      .map(([value, isLeftOut]) => (isLeftOut ? undefined : { name: field.name, value })),
  )
  const unknown = unknownMembers(fields.map(({ name }) => name))
  return fc
    .record({
      known: fc.tuple(...known),
      unknown: rarely(fc.array(unknown, { minLength: 1, maxLength: 3 }), [], 5),
      // Written before the others, which count in its place.
      before: rarely(twice(plan), [], 12),
      order: styles,
      spaces: styles,
      names: rarely(styles, 0, 4),
      damaged: rarely(fc.integer({ min: 1, max: 2 ** 31 }), 0, 12),
    })
    .map(({ known: members, unknown: more, before, order, spaces, names, damaged }) => {
      const spelling = choicesOf(names)
      const named = [...before, ...members]
        .filter((member) => member !== undefined)
        .map(({ name, value }) => ({ name: spellText(name, spelling), value }))
      const all = arranged(named, more, choicesOf(order))
      return damage(Buffer.from(writeObject(all, choicesOf(spaces))), damaged)
    })
}

/** A member of a field that is there once more. */
function twice({ fields }: DefinitionPlan): fc.Arbitrary<Member[]> {
  const members = fields.map((field) =>
    fieldTexts(field).map((value) => ({ name: field.name, value })),
  )
  return fc.oneof(...members).map((member) => [member])
}

/** Fields in the definition's order with unknown members behind, or all in another order. */
function arranged(
  named: readonly Member[],
  more: readonly Member[],
  random: SeededRandom | undefined,
): readonly Member[] {
  if (random === undefined) return [...named, ...more]
  if (random.below(2) === 0) return random.shuffled([...named, ...more])
  const at = random.below(named.length + 1)
  return [...named.slice(0, at), ...more, ...named.slice(at)]
}

function writeObject(members: readonly Member[], random: SeededRandom | undefined): string {
  const tokens = members.flatMap(({ name, value }, at) => [at === 0 ? '' : ',', name, ':', value])
  return spaceTokens(['{', ...tokens, '}'], random)
}
