/**
 * A value of a template as people write it: references as `<Name>` or `<Name.Attribute>` without the
 * hash that the CDK puts behind names, joined texts as one text.
 */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(readable).join('')
  const [[intrinsic, content] = ['', undefined]] = Object.entries(value ?? {})
  if (intrinsic === 'Ref') return `<${withoutHash(String(content))}>`
  if (intrinsic === 'Fn::GetAtt') {
    const [name, attribute] = content as [string, string]
    return attribute === 'Arn' ? `<${withoutHash(name)}>` : `<${withoutHash(name)}.${attribute}>`
  }
  if (intrinsic === 'Fn::Join') return readable((content as [string, unknown[]])[1])
  throw new Error(`${JSON.stringify(value)} is no text`)
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '')
}
