import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compileEngine } from '../../build/engine-module.ts'
import { type Mutant, mutate } from './mutant.ts'

const root = resolve(import.meta.dirname, '../..')
const copied = [
  'cli',
  'emulator',
  'engine',
  'functions',
  'lib',
  'local',
  'test',
  'package.json',
  'pipeline.config.ts',
]

/** Tries a copy of the sources with the mutant in it, which is removed afterwards. */
export async function inMutantCopy<Result>(
  mutant: Mutant,
  attempt: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'twofold-mutant-'))
  try {
    for (const path of copied) {
      await cp(join(root, path), join(folder, path), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, mutant.file)
    await writeFile(file, mutate(mutant, await readFile(file, 'utf8')))
    // What runs is the module that is made of the engine's sources.
    if (mutant.file.startsWith('engine/')) {
      const compiled = await compileEngine(join(folder, 'engine'), 'quickly')
      await writeFile(join(folder, 'lib/core/engine/engine-module.ts'), compiled)
    }
    return await attempt(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
