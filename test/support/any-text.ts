import fc from 'fast-check'

const codePoints = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
)

/** Any Unicode text, control characters included, without half surrogate pairs. */
export function anyText(maxLength = 12): fc.Arbitrary<string> {
  return fc.array(codePoints, { maxLength }).map((some) => String.fromCodePoint(...some))
}
