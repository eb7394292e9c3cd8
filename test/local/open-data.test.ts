import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DataMismatch } from '../../local/check-stored-settings.ts'
import { isDataFolder, readOwner, takeDataFolder } from '../../local/data-folder.ts'
import { type OpenOptions, openData } from '../../local/open-data.ts'
import { OwnerNotReady, openFolder } from '../../local/open-folder.ts'
import { NoData } from '../../local/source.ts'
import { salesPipeline } from '../support/sales.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const options: OpenOptions = {
  command: 'test read',
  isServing: (command) => command === 'test serve',
  definition: salesPipeline,
  environment: {},
}

const access = { ...options, endpointUrl: () => undefined }

/** A folder in which rows of the pipeline could stand. */
async function agreedFolder(): Promise<string> {
  const folder = temporaryFolder()
  await (await takeDataFolder(folder, 'test make')).release()
  const { stores, close } = await openFolder(folder, access)
  const definition = salesPipeline.fingerprint
  await stores.settings.agree({ definition, timeZone: 'UTC', bucketCount: 16, keyRanges: 1 })
  await close()
  return folder
}

describe('data', () => {
  it('that is not there is not made', async () => {
    const folder = join(temporaryFolder(), 'none')
    await expect(openData({ folder }, options)).rejects.toThrow(new NoData({ folder }))
    expect(isDataFolder(folder)).toBe(false)
  })

  it('of a folder in which nothing was done is none, and the folder is let go', async () => {
    const folder = temporaryFolder()
    await (await takeDataFolder(folder, 'test make')).release()
    await expect(openData({ folder }, options)).rejects.toMatchObject({ source: { folder } })
    expect(await readOwner(folder)).toBeUndefined()
  })

  it('is taken for as long as it is open', async () => {
    const folder = await agreedFolder()
    {
      await using open = await openData({ folder }, options)
      expect(open).toMatchObject({ timeZone: 'UTC', graceMs: 300_000, running: undefined })
      expect(await readOwner(folder)).toMatchObject({ command: 'test read' })
    }
    expect(await readOwner(folder)).toBeUndefined()
  })

  it('of another zone is refused, and the folder is let go', async () => {
    const folder = await agreedFolder()
    const opened = openData({ folder }, { ...options, timeZone: 'Europe/London' })
    await expect(opened).rejects.toThrow(DataMismatch)
    expect(await readOwner(folder)).toBeUndefined()
  })

  it('is waited for where the command that serves it is not ready, and never taken from it', async () => {
    const folder = await agreedFolder()
    const owned = await takeDataFolder(folder, 'test serve')
    try {
      await expect(openData({ folder }, options)).rejects.toThrow(OwnerNotReady)
      expect(await readOwner(folder)).toMatchObject({ command: 'test serve' })
    } finally {
      await owned.release()
    }
  })

  it('is not opened where an endpoint is no URL, and the folder is let go', async () => {
    const folder = await agreedFolder()
    const opened = openData({ folder }, { ...options, environment: { AWS_ENDPOINT_URL: 'here' } })
    await expect(opened).rejects.toThrow('AWS_ENDPOINT_URL is no URL: here')
    expect(await readOwner(folder)).toBeUndefined()
  })
})
