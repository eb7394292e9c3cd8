import { describe, expect, it } from 'vitest'
import {
  batchFigures,
  figureNames,
  noFigures,
  runFigures,
  sumFigures,
  workFigureNames,
} from '../../lib/contract/figures.ts'

describe('the figures of work', () => {
  it('are zero, but for those that are told', () => {
    expect(noFigures({ refusedLines: 2 })).toEqual({
      foldedHours: 0,
      mergedPeriods: 0,
      rollupRowsWritten: 0,
      duplicatesDropped: 0,
      refusedLines: 2,
    })
  })

  it('add up, each to its own', () => {
    const each = workFigureNames().map((name, at) => [name, 10 ** at])
    const figures = noFigures(Object.fromEntries(each))
    expect(sumFigures(figures, noFigures())).toEqual(figures)
    expect(Object.values(sumFigures(figures, figures))).toEqual([2, 20, 200, 2000, 20_000])
  })
})

describe('a table of figures', () => {
  it('has a name for a figure once, in this version and in former ones', () => {
    const tables = [batchFigures, runFigures]
    const names = tables.flatMap(figureNames)
    const formerly = Object.values(runFigures).flatMap((figure) =>
      'formerly' in figure ? figure.formerly : [],
    )
    expect(new Set([...names, ...formerly]).size).toBe(names.length + formerly.length)
  })
})
