/** How a fast reader may take a line wrongly. */
export type Misreading = (line: Buffer, before: Buffer) => Uint8Array

const latin1 = (change: (text: string) => string): Misreading => {
  return (line) => Buffer.from(change(line.toString('latin1')), 'latin1')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these may not stand in a text.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

export const misreadings: Readonly<Record<string, Misreading>> = {
  'control characters in texts pass': latin1((text) => text.replace(control, '.')),
  'a tab within a text passes': latin1((text) => text.replace(/"\t"/g, '""')),
  'what is no UTF-8 passes': (line) => Buffer.from(line.toString()),
  'a surrogate in UTF-8 passes': latin1((text) =>
    text.replace(/\xed[\xa0-\xbf]([\x80-\xbf])/g, '\xed\x80$1'),
  ),
  'an overlong text passes': latin1((text) =>
    text.replace(/\xe0[\x80-\x9f]([\x80-\xbf])/g, '\xe0\xa0$1'),
  ),
  'what is beyond Unicode passes': latin1((text) => text.replace(/\xf4[\x90-\xbf]/g, '\xf4\x80')),
  'what stands behind the object passes': latin1((text) => text.replace(/\}[^}]*$/, '}')),
  'a second byte order mark passes': latin1((text) => text.replace(/^(?:\xef\xbb\xbf)+/, '')),
  'no byte order mark passes': latin1((text) => text.replace(/^\xef\xbb\xbf/, 'x')),
  'a comma behind the last member passes': latin1((text) => text.replace(/,\s*([}\]])/g, '$1')),
  'a bad escape passes': latin1((text) => text.replace(/\\x/g, 'x')),
  'an escape of too few digits passes': latin1((text) => text.replace(/\\u([0-9a-f]{2})"/g, '"')),
  'a literal is known by its first letters': latin1((text) =>
    text.replace(/:nul[^,}\]]*/g, ':null'),
  ),
  'leading zeros pass': latin1((text) => text.replace(/([:[,]\s*-?)0+(\d)/g, '$1$2')),
  'a sign before a number passes': latin1((text) => text.replace(/([:[]\s*)\+(\d)/g, '$1$2')),
  'a number that ends with its point passes': latin1((text) =>
    text.replace(/(\d)\.([,}\]])/g, '$1$2'),
  ),
  'exponents are passed over': latin1((text) => text.replace(/(\d)[eE][+-]?\d+/g, '$1')),
  'digits beyond the 19th are passed over': latin1((text) => text.replace(/(\d{19})\d+/g, '$1')),
  'zeros behind the decimals are refused': latin1((text) =>
    text.replace(/(\.\d*0)([,}])/g, '$11$2'),
  ),
  'numbers in texts are refused': latin1((text) => text.replace(/:"(-?\d+(?:\.\d+)?)"/g, ':"x$1"')),
  'minus zero is another number': latin1((text) => text.replace(/:-0([,}])/g, ':-1$1')),
  'second 60 passes': latin1((text) => text.replace(/:60Z/g, ':59Z')),
  'a time of day or an offset that is not passes': latin1((text) =>
    text.replace(/T24:/g, 'T23:').replace(/:60/g, ':59').replace(/\+24:/g, '+23:'),
  ),
  'every year has a leap day': latin1((text) =>
    text.replace(/(2023|1900|2100)-02-29/g, '$1-02-28'),
  ),
  'months have 31 days': latin1((text) => text.replace(/-04-31/g, '-04-30')),
  'lower case is refused in times': latin1((text) => text.replace(/(\d)t(\d)/g, '$1x$2')),
  'offsets are passed over': latin1((text) =>
    text.replace(/(:\d\d(?:\.\d+)?)[+-]\d\d:\d\d"/g, '$1Z"'),
  ),
  'fractions have at most three digits': latin1((text) =>
    text.replace(/(\.\d{3})\d+(z|[+-]\d\d:)/gi, '$1x$2'),
  ),
  'depth has no bound': latin1((text) =>
    text.replace(/\[{200,}1/g, '[[[1').replace(/1\]{200,}/g, '1]]]'),
  ),
  'escapes in names are passed over': latin1((text) =>
    text.replace(/([{,]"[^",:]*)\\u00/g, '$1u00'),
  ),
  'escapes in values are passed over': latin1((text) => text.replace(/(:"[^"]*)\\u00/g, '$1u00')),
  'halves of pairs pass': latin1((text) => text.replace(/\\u[dD][89a-fA-F]../g, 'x')),
  'a bare half and an escaped quote end a text': latin1((text) => text.replace(/\\"/g, '"')),
  'white space other than blanks is refused': latin1((text) => text.replace(/[\r\t]/g, 'x')),
  'an empty line is refused as another': (line) => (line.length === 0 ? Buffer.from('{}') : line),
  'the text of a line as long as the last is taken for the same': (line, before) =>
    line.length === before.length ? before : line,
  'the day is that of the last line': (line, before) => {
    const day = /\d{4}-\d\d-\d\d/.exec(before.toString('latin1'))?.[0]
    const text = line.toString('latin1')
    return Buffer.from(day ? text.replace(/\d{4}-\d\d-\d\d/, day) : text, 'latin1')
  },
  'names are known by their length': latin1((text) =>
    text
      .replace(/"a_"/g, '"ab"')
      .replace(/"ab_"/g, '"abc"')
      .replace(/"productI_"/g, '"productId"')
      .replace(/"(x+)_"/g, '"$1x"'),
  ),
  'of a name that comes twice the first counts': latin1((text) =>
    text.replace(/^\{("[^"]*"):([^,{}[\]"]*),(.*),\1:[^,{}[\]"]*/s, '{$1:$2,$3,$1:$2'),
  ),
}
