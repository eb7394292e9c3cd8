import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const projectRoot = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'twofold-cdk-'))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `npx cdk synth` as somebody types it who has no AWS account and no network. */
async function cdkSynth(...options: string[]): Promise<Ended> {
  const output = join(folder, 'cdk.out')
  const { PATH = '' } = process.env
  const child = spawn('npx', ['cdk', 'synth', '--output', output, ...options], {
    cwd: projectRoot,
    // Ports that nobody listens on, so that whatever wants to reach out fails at once.
    env: {
      PATH,
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, stdout, stderr }
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npx cdk synth', () => {
  let synth: Ended

  beforeAll(async () => {
    synth = await cdkSynth()
  })

  it('prints the template, without a warning', () => {
    expect(synth).toMatchObject({ code: 0, stderr: '' })
    expect(synth.stdout).toMatch(/^Description: .*\nResources:\n {2}StorageMinutes/)
  })

  it('keeps the rules of the CDK and of AWS', () => {
    const report = readFileSync(join(folder, 'cdk.out/validation-report.json'), 'utf8')
    expect(JSON.parse(report)).toMatchObject({ pluginReports: [] })
  })

  it('makes a bundle of each function', () => {
    const assets = readdirSync(join(folder, 'cdk.out')).filter((name) => /^asset\./.test(name))
    const contents = assets.map((asset) => readdirSync(join(folder, 'cdk.out', asset)).sort())
    expect(contents).toEqual([
      ['index.mjs', 'index.mjs.map'],
      ['index.mjs', 'index.mjs.map'],
    ])
  })

  it('says what is wrong with a setting, and fails', async () => {
    const { code, stderr } = await cdkSynth('-c', 'shards=none')
    expect(code).toBe(1)
    expect(stderr).toContain(
      'The deployment settings are wrong:\n' +
        '  - shards must be "on-demand" or a whole number from 1 to 500, not "none"\n',
    )
    expect(stderr).not.toContain('    at ')
  })
})
