import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './s3-error.ts'

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** What an element may hold; `undefined` leaves the element out, an array repeats it. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent }

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // The builder's own escapes leave control characters as they are, and readers turn a bare carriage
  // return into a line feed, so the text is escaped here.
  processEntities: false,
  tagValueProcessor: (_name, value) => escapeText(String(value)),
})

/** Builds a whole document with one root element in S3's namespace. */
export function buildXml(root: string, content: { readonly [name: string]: XmlContent }): string {
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    [root]: { '@xmlns': NAMESPACE, ...content },
  })
}

/** Builds the document of an error, which S3 sends without a namespace. */
export function buildErrorXml(content: { readonly [name: string]: XmlContent }): string {
  return builder.build({ '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, Error: content })
}

/**
 * Parses a request's document and returns what its root element holds. Every element named in
 * `repeated` becomes an array, even when it stands alone; values stay strings, untrimmed.
 *
 * @throws {S3Error} MalformedXML
 */
export function parseXml(text: string, root: string, repeated: string): Record<string, unknown> {
  // A document type may define entities that grow without bound, and S3 has no use for one.
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) {
    throw new S3Error('MalformedXML', 'The body is not well-formed XML.')
  }
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => name === repeated,
    entityDecoder: {
      decode: decodeEntities,
      reset: () => {},
      setXmlVersion: () => {},
      setExternalEntities: () => {},
      addInputEntities: () => {},
    },
  })
  const document: unknown = parser.parse(text)
  const content = isElement(document) ? document[root] : undefined
  if (!isElement(content)) throw new S3Error('MalformedXML', `The body must be a ${root} document.`)
  return content
}

/** Tells whether a parsed value is an element with elements inside. */
export function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const namedEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const characterOfName = new Map(Object.entries(namedEntities).map(([char, name]) => [name, char]))

function escapeText(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold control characters.
    /[&<>"'\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/g,
    (char) => namedEntities[char] ?? `&#x${char.charCodeAt(0).toString(16)};`,
  )
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|[a-z]+);/gi, (entity, hex, decimal) => {
    const named = characterOfName.get(entity)
    if (named !== undefined) return named
    const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (!(codePoint <= 0x10ffff)) throw new S3Error('MalformedXML', `Unknown entity ${entity}.`)
    return String.fromCodePoint(codePoint)
  })
}
