import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingDefinitions } from '../../infra/settings.ts'
import { metricNames } from '../../lib/contract/metrics.ts'
import { resourcesOf, synthesize } from './synthesize.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../docs/OPERATIONS.md'), 'utf8')

/** The part below a heading, up to the next one of its level. */
function chapter(title: string): string {
  const [, rest = ''] = text.split(`\n## ${title}\n`)
  return rest.split('\n## ')[0] ?? ''
}

function rowsOf(markdown: string): string[][] {
  return [...markdown.matchAll(/^\| `.*$/gm)].map(([row]) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

describe('docs/OPERATIONS.md', () => {
  it('says what every setting does and costs, with its default', () => {
    const rows = rowsOf(chapter('Settings'))
    expect(rows.map(([name]) => name)).toEqual(
      Object.keys(settingDefinitions).map((name) => `\`${name}\``),
    )
    for (const [at, { otherwise }] of Object.values(settingDefinitions).entries()) {
      expect(rows[at]).toHaveLength(5)
      if (otherwise === undefined) expect(rows[at]?.[1]).toMatch(/^[^`0-9]|`shards`/)
      else expect(rows[at]?.[1]).toBe(`\`${otherwise}\``)
    }
  })

  it('has a chapter for every alarm, in the order of the alarms, and for no other', () => {
    const named = resourcesOf(synthesize(), 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => /#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1],
    )
    const chapters = [...chapter('Alarms').matchAll(/^### (.*)$/gm)].map(([, title]) => title)
    expect(chapters).toEqual(named)
  })

  it('explains every metric of the functions', () => {
    const explained = rowsOf(chapter('Watch')).map(([name]) => name)
    expect(explained).toEqual(metricNames().map((name) => `\`${name}\``))
  })

  it('links to nothing that is not there', () => {
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    )
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    expect(links.filter((link) => !anchors.includes(link ?? ''))).toEqual([])
  })

  it('never has npx fetch a package that is named like ours', () => {
    expect(text).toContain('npx --no-install twofold ')
    expect(text).not.toMatch(/npx\s+twofold/)
  })

  it('has no invocation sent again by the AWS CLI, which waits a minute for an answer', () => {
    const invocations = text.match(/^.*aws lambda invoke(?:.*\\\n)*.*$/gm) ?? []
    expect(invocations).toHaveLength(2)
    for (const invocation of invocations) {
      expect(invocation).toMatch(
        /--invocation-type Event|AWS_MAX_ATTEMPTS=1 .*--cli-read-timeout 960/,
      )
    }
  })
})
