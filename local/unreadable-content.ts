/** A file's content cannot be read on: it is cut short or damaged. What came before was whole. */
export class UnreadableContent extends Error {
  override readonly name = 'UnreadableContent'
}
