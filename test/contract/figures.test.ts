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
    const zeros = workFigureNames().map((name) => [name, 0])
    expect(zeros).toContainEqual(['duplicatesDropped', 0])
    expect(noFigures({ refusedLines: 2 })).toEqual({
      ...Object.fromEntries(zeros),
      refusedLines: 2,
    })
  })

  it('add up, each to its own', () => {
    const each = workFigureNames().map((name, at) => [name, 10 ** at])
    const figures = noFigures(Object.fromEntries(each))
    expect(sumFigures(figures, noFigures())).toEqual(figures)
    const doubled = workFigureNames().map((name, at) => [name, 2 * 10 ** at])
    expect(sumFigures(figures, figures)).toEqual(Object.fromEntries(doubled))
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
