import { readable } from './readable-template.ts'
import { type Resource, resourcesOf, type Synthesized } from './synthesize.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

/** The roles of the stack, by their names without the CDK's hash. */
export function roleNames(synthesized: Synthesized): string[] {
  return resourcesOf(synthesized, 'AWS::IAM::Role')
    .map(([id]) => id.slice(0, -8))
    .sort()
}

/** All that a role may do, each as `<action> <resource>`, sorted. */
export function rightsOf(synthesized: Synthesized, roleName: string): string[] {
  const [id, role] = roleNamed(synthesized, roleName)
  if (role.Properties.ManagedPolicyArns !== undefined) {
    throw new Error(`${roleName} has policies that are managed elsewhere`)
  }
  const inline = (role.Properties.Policies ?? []) as { PolicyDocument: Document }[]
  const attached = resourcesOf(synthesized, 'AWS::IAM::Policy')
    .map(
      ([, policy]) => policy.Properties as { PolicyDocument: Document; Roles: { Ref: string }[] },
    )
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === id))
  return [...inline, ...attached].flatMap(({ PolicyDocument }) => rightsIn(PolicyDocument)).sort()
}

interface Document {
  readonly Statement: readonly Statement[]
}

function rightsIn({ Statement }: Document): string[] {
  return Statement.flatMap(({ Effect, Action, Resource, Condition }) => {
    if (Effect !== 'Allow' || Condition !== undefined) throw new Error(`Not read here: ${Effect}`)
    const resources = Array.isArray(Resource) ? Resource : [Resource]
    return [Action].flat().flatMap((action) => resources.map((one) => `${action} ${readable(one)}`))
  })
}

/** Who may take on a role, and the condition on it. */
export function trustOf(synthesized: Synthesized, roleName: string): unknown {
  const [, role] = roleNamed(synthesized, roleName)
  return (role.Properties.AssumeRolePolicyDocument as Document).Statement
}

function roleNamed(synthesized: Synthesized, name: string): [string, Resource] {
  const found = resourcesOf(synthesized, 'AWS::IAM::Role').find(([id]) => id.slice(0, -8) === name)
  if (found === undefined) throw new Error(`There is no role ${name}`)
  return found
}
