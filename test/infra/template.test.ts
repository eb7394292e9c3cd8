import { describe, expect, it } from 'vitest'
import { readable } from './readable-template.ts'
import { resourceNamed, synthesize } from './synthesize.ts'

const synthesized = synthesize()
const text = JSON.stringify(synthesized.template.toJSON(), null, 2)

/** Hashes of the functions' code, which change with it and are not what is shown here. */
const codeHashes = /\b[0-9a-f]{64}\b/g

/** Properties that hold JSON as text, which is shown as JSON. */
const withJson = new Set(['DashboardBody', 'DefinitionString'])

function golden(): string {
  const shown = (key: string, value: unknown) =>
    withJson.has(key) ? JSON.parse(readable(value)) : value
  return `${JSON.stringify(synthesized.template.toJSON(), shown, 2).replaceAll(codeHashes, '<hash>')}\n`
}

describe('the template', () => {
  // `npx vitest run test/infra/template.test.ts -u` writes it anew; the diff shows what changed.
  it('is the golden one', async () => {
    await expect(golden()).toMatchFileSnapshot('golden.template')
  })

  it('names no account, region or partition', () => {
    expect(text).not.toMatch(/arn:aws/)
    expect(text).not.toMatch(/\b\d{12}\b/)
    expect(text).not.toMatch(/\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)-(?:gov-)?[a-z]+-\d\b/)
    expect(text).not.toMatch(/amazonaws\.com\.cn/)
  })

  it('leaves names of resources to CloudFormation', () => {
    const names =
      /^(?:Table|Bucket|Function|Role|Queue|Topic|Alarm|Dashboard|StateMachine|LogGroup)Name$|^Name$/
    const named = Object.entries(synthesized.resources).flatMap(([id, { Properties }]) =>
      Object.entries(Properties ?? {})
        .filter(([property, value]) => names.test(property) && typeof value === 'string')
        .map(([property]) => `${id}.${property}`),
    )
    expect(named).toEqual([])
  })

  it('says where everything is', () => {
    expect(Object.keys(synthesized.template.toJSON().Outputs).sort()).toEqual([
      'BackfillStateMachine',
      'BatchRollupFunction',
      'Bucket',
      'Dashboard',
      'HourGraceMinutes',
      'LedgerTable',
      'MinuteRetentionDays',
      'MinutesTable',
      'RollupsTable',
      'StreamAggregateFunction',
      'StreamName',
      'TimeZone',
    ])
  })

  it('says how it differs from what readers would take for granted', () => {
    const { template } = synthesize({ hourGraceMinutes: 2, minuteRetentionDays: 60 })
    expect(template.toJSON().Outputs).toMatchObject({
      HourGraceMinutes: { Value: '2' },
      MinuteRetentionDays: { Value: '60' },
    })
  })

  it('is of a stack that is named after its stage', () => {
    const inProd = synthesize({ stage: 'prod' })
    expect(resourceNamed(inProd, 'AWS::Lambda::Function', 'Stream')).toMatchObject({
      Environment: { Variables: { STACK_NAME: 'twofold-prod' } },
    })
  })
})
