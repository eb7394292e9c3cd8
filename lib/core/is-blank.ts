/** Space, tab and carriage return: the white space of JSON that can stand in a line. */
export function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
