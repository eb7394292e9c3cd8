/** A line that must be refused, and the field that must be named (absent: the line as a whole). */
export interface MalformedLine {
  readonly kind: string
  readonly line: Buffer
  readonly field: string | undefined
}

const goodFields = {
  timestamp: '"2010-12-08T09:30:00.000Z"',
  productId: '"85123A"',
  quantity: '6',
  unitPrice: '2.55',
  currency: '"GBP"',
  customerId: '"17850"',
}

type Make = (tag: string) => Buffer | string

interface Kind {
  readonly kind: string
  readonly field: string | undefined
  readonly make: Make
}

/** An event with the JSON text of some fields put in place of good ones, or left out. */
function eventWith(changed: Readonly<Record<string, string | undefined>>): Make {
  return (tag) => {
    const fields = {
      transactionId: `"malformed-${tag}"`,
      ...goodFields,
      ...changed,
      note: `"${tag}"`,
    }
    const members = Object.entries(fields).flatMap(([name, json]) =>
      json === undefined ? [] : [`"${name}":${json}`],
    )
    return `{${members.join(',')}}`
  }
}

function badField(field: string, kinds: Readonly<Record<string, string | undefined>>): Kind[] {
  return Object.entries(kinds).map(([kind, json]) => ({
    kind: `${field}: ${kind}`,
    field,
    make: eventWith({ [field]: json }),
  }))
}

const kinds: readonly Kind[] = [
  { kind: 'not JSON', field: undefined, make: (tag) => `transaction ${tag}: 6 of 85123A` },
  { kind: 'cut short', field: undefined, make: (tag) => String(eventWith({})(tag)).slice(0, -1) },
  { kind: 'two objects on a line', field: undefined, make: (tag) => `{"note":"${tag}"}{}` },
  {
    kind: 'a control character that is not escaped',
    field: undefined,
    make: eventWith({ productId: '"85\u0001123A"' }),
  },
  {
    kind: 'not UTF-8',
    field: undefined,
    make: (tag) => Buffer.from(String(eventWith({ productId: '"caf\u00e9"' })(tag)), 'latin1'),
  },
  {
    kind: 'half of a surrogate pair in UTF-8',
    field: undefined,
    make: (tag) => Buffer.concat([Buffer.from([0x22, 0xed, 0xa0, 0x80]), Buffer.from(`${tag}"`)]),
  },
  { kind: 'an array', field: undefined, make: (tag) => `["malformed-${tag}"]` },
  { kind: 'a string', field: undefined, make: (tag) => `"malformed-${tag}"` },
  { kind: 'a number', field: undefined, make: (tag) => `${tag.replaceAll(/\D/g, '')}.5` },
  { kind: 'null', field: undefined, make: () => 'null' },
  { kind: 'an empty object', field: 'transactionId', make: () => '{}' },
  { kind: 'only unknown fields', field: 'transactionId', make: (tag) => `{"note":"${tag}"}` },
  ...badField('transactionId', {
    missing: undefined,
    null: 'null',
    'a number': '536365',
    empty: '""',
    '129 bytes': `"${'x'.repeat(129)}"`,
    'half of a surrogate pair': '"\\udc00"',
  }),
  ...badField('timestamp', {
    missing: undefined,
    'a number': '1291800600000',
    empty: '""',
    'a date alone': '"2010-12-08"',
    'without an offset': '"2010-12-08T09:30:00"',
    'a space in place of T': '"2010-12-08 09:30:00Z"',
    '30 February': '"2010-02-30T09:30:00Z"',
    '29 February of a common year': '"2011-02-29T09:30:00Z"',
    'the 13th month': '"2010-13-08T09:30:00Z"',
    'the 24th hour': '"2010-12-08T24:00:00Z"',
    'the 60th second': '"2010-12-08T09:30:60Z"',
    'an offset of a day': '"2010-12-08T09:30:00+24:00"',
    'a control character': '"2010-12-08T09:30:00Z\\u0000"',
    'too early': '"1999-12-31T23:59:59.999Z"',
    'too early by its offset': '"2000-01-01T00:00:00+00:01"',
    'too far ahead': '"2999-01-01T00:00:00Z"',
  }),
  ...badField('productId', {
    missing: undefined,
    null: 'null',
    'a number': '85123',
    'an array': '["85123A"]',
    empty: '""',
    '257 bytes': `"${'x'.repeat(257)}"`,
    '257 bytes in 129 characters': `"${'é'.repeat(128)}x"`,
    'half of a surrogate pair': '"85123A\\ud800"',
  }),
  ...badField('quantity', {
    missing: undefined,
    null: 'null',
    'a boolean': 'true',
    'an object': '{"text":"6"}',
    'a word': '"six"',
    'an empty string': '""',
    'a string with a space': '" 6"',
    'a string in hexadecimal': '"0x6"',
    'not whole': '6.5',
    'not whole, by its exponent': '65e-1',
    'over a safe integer': '9007199254740992',
    'under a safe integer': '"-9007199254740992"',
    'a huge exponent': '1e400',
  }),
  ...badField('unitPrice', {
    missing: undefined,
    null: 'null',
    'an array': '[2.55]',
    'a decimal comma': '"2,55"',
    'a currency sign': '"£2.55"',
    'NaN as a string': '"NaN"',
    'too many decimals': '2.55555',
    'too many decimals in a string': '"0.00001"',
    'too many decimals, by its exponent': '1e-5',
    negative: '-0.01',
    'over a safe integer of units': '900719925474.0992',
  }),
  ...badField('currency', {
    missing: undefined,
    'a number': '826',
    empty: '""',
    'lower case': '"gbp"',
    'four letters': '"GBPX"',
    'a newline behind': '"GBP\\n"',
    'a NUL within': '"G\\u0000P"',
  }),
  ...badField('customerId', {
    'a number': '17850',
    '129 bytes': `"${'x'.repeat(129)}"`,
    'half of a surrogate pair': '"\\ud800"',
  }),
]

/** How many kinds there are: this many lines hold one of each. */
export const malformedKinds = kinds.length

/** `count` lines that go through the kinds in turn, nearly all of them unlike any other. */
export function malformedLines(count: number): MalformedLine[] {
  return Array.from({ length: count }, (_, index) => {
    const { kind, field, make } = kinds[index % kinds.length] as Kind
    return { kind, field, line: Buffer.from(make(String(index + 1))) }
  })
}
