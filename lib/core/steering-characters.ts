/**
 * What a terminal obeys or hides where it should show: control characters (C0, DEL, C1), line and
 * paragraph separators, byte order marks, and what turns the direction of the text around it
 * (Unicode UAX #9; CVE-2021-42574).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * The text with `\u001b` and the like in place of such characters, so that it shows on one line and
 * steers nothing. Within a JSON text the escapes mean the same as what they replace.
 */
export function escapeSteering(text: string): string {
  return text.replace(steering, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
