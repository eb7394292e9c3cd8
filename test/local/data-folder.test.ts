import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DataFolderInUse, readOwner, takeDataFolder } from '../../local/data-folder.ts'
import { processStart, startFromPs } from '../../local/process-identity.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const ownerScript = fileURLToPath(new URL('./fixtures/data-folder-owner.ts', import.meta.url))

function startOwner(folder: string): ChildProcess {
  const child = fork(ownerScript, [folder], { execArgv: [] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message')
  return message
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

describe('taking a data folder', () => {
  test.skipIf(process.platform !== 'linux')(
    'fails at once where the system takes none, though it says that nothing is there',
    async () => {
      for (const folder of ['/proc/foo', '/proc/foo/data']) {
        await expect(takeDataFolder(folder, 'twofold run')).rejects.toMatchObject({
          name: 'DataFolderUnusable',
          reason: 'not makeable',
          message: `cannot make the data folder ${folder} there`,
        })
      }
    },
  )

  test('makes it, and leaves nothing but its format when released', async () => {
    const folder = join(temporaryFolder(), 'deep', 'data')
    const owned = await takeDataFolder(folder, 'twofold run')
    expect(owned.folder).toBe(folder)
    await owned.release()
    expect(readdirSync(folder)).toEqual(['format.json'])
    await (await takeDataFolder(folder, 'twofold run')).release()
  })

  test('tells others who owns it and where its servers are', async () => {
    const folder = temporaryFolder()
    expect(await readOwner(folder)).toBeUndefined()
    const owned = await takeDataFolder(folder, 'twofold run')
    expect((await readOwner(folder))?.endpoints).toEqual({})
    await owned.publish({ dynamodb: 'http://127.0.0.1:2' })
    expect(await readOwner(folder)).toMatchObject({
      pid: process.pid,
      command: 'twofold run',
      endpoints: { dynamodb: 'http://127.0.0.1:2' },
    })
    await owned.release()
    expect(await readOwner(folder)).toBeUndefined()
  })

  test('twice fails, even for one process', async () => {
    const folder = temporaryFolder()
    await takeDataFolder(folder, 'twofold start')
    const second = takeDataFolder(folder, 'twofold run')
    await expect(second).rejects.toThrow(DataFolderInUse)
    await expect(second).rejects.toMatchObject({ pid: process.pid, command: 'twofold start' })
  })

  test('is possible at once when the owner was killed', async () => {
    const folder = temporaryFolder()
    const owner = startOwner(folder)
    expect(await answerOf(owner)).toBe('taken')
    await expect(takeDataFolder(folder, 'twofold run')).rejects.toThrow(`process ${owner.pid}`)
    expect((await readOwner(folder))?.endpoints.kinesis).toBe('http://127.0.0.1:1')
    await kill(owner)
    expect(await readOwner(folder)).toBeUndefined()
    await (await takeDataFolder(folder, 'twofold run')).release()
    expect(readdirSync(folder)).toEqual(['format.json'])
  })

  test('succeeds for one of many that try at once, after an owner that was killed', async () => {
    const folder = temporaryFolder()
    const killed = startOwner(folder)
    await answerOf(killed)
    await kill(killed)
    const answers = await Promise.all(Array.from({ length: 5 }, () => answerOf(startOwner(folder))))
    expect(answers.toSorted()).toEqual([...Array(4).fill('DataFolderInUse'), 'taken'])
  })

  test('is not held up by another process that got the id of a dead owner', async () => {
    const folder = temporaryFolder()
    const owner = { pid: process.pid, processStart: 'of an earlier life', command: 'c' }
    writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner))
    expect(await readOwner(folder)).toBeUndefined()
    await takeDataFolder(folder, 'twofold run')
    expect((await readOwner(folder))?.command).toBe('twofold run')
  })

  test('is not held up by a damaged owner file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'owner.json'), '{"pid":')
    await takeDataFolder(folder, 'twofold run')
    expect((await readOwner(folder))?.command).toBe('twofold run')
  })
})

describe('a path that cannot be a data folder', () => {
  test('is a file, or lies below one', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, 'precious')
    for (const path of [file, join(file, 'below')]) {
      const taken = takeDataFolder(path, 'twofold run')
      await expect(taken).rejects.toMatchObject({
        name: 'DataFolderUnusable',
        reason: 'not a folder',
        message: `the data folder ${path} is a file, or lies below one`,
      })
    }
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })

  test.runIf(process.platform === 'linux')('cannot be written', async () => {
    // Not even root may make a folder here.
    const taken = takeDataFolder('/sys/twofold', 'twofold run')
    await expect(taken).rejects.toMatchObject({
      name: 'DataFolderUnusable',
      reason: 'not writable',
      message: 'cannot write to the data folder /sys/twofold',
    })
  })

  test('is of a newer version', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'format.json'), '{"format":2}')
    const taken = takeDataFolder(folder, 'twofold run')
    await expect(taken).rejects.toThrow(/was written by a newer version \(format 2/)
    await expect(taken).rejects.toMatchObject({ reason: 'newer format' })
    expect(readdirSync(folder)).toEqual(['format.json'])
  })

  test('has a format file that says nothing', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'format.json'), 'two')
    const taken = takeDataFolder(folder, 'c')
    await expect(taken).rejects.toThrow(/not readable as a format version/)
    await expect(taken).rejects.toMatchObject({ reason: 'unreadable format' })
  })
})

describe('the life of a process', () => {
  test('has one name while it lasts', async () => {
    const [start, again] = await Promise.all([processStart(process.pid), processStart(process.pid)])
    expect(start).toBe(again)
    expect(start).not.toBe(await processStart(process.ppid))
  })

  test('has none when it is over', async () => {
    const child = fork(ownerScript, [temporaryFolder()], { execArgv: [] })
    await kill(child)
    expect(await processStart(child.pid ?? -1)).toBeUndefined()
    expect(await startFromPs(child.pid ?? -1)).toBeUndefined()
  })

  test('can be told from ps as well', async () => {
    expect(await startFromPs(process.pid)).toMatch(/^\w+ \w+ +\d+ [\d:]+ \d{4}$/)
  })
})
