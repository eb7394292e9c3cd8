import {
  figureNames,
  figureTexts,
  type RunFigures,
  runFigures,
  type WorkFigures,
} from '../../lib/contract/figures.ts'
import { counted } from '../counted.ts'
import { type Cells, numberCell } from './cells.ts'

interface Text {
  readonly one: string
  readonly many: string
  readonly done: string
  readonly runColumn?: string
  readonly statusColumn?: string
}

const texts: Readonly<Record<keyof RunFigures, Text>> = figureTexts

/** Figures as sentences have them, such as `2 hours folded` and `1 row written`. */
export function figureWords(
  figures: Partial<RunFigures>,
  ...names: readonly (keyof RunFigures)[]
): string {
  const words = names.map((name) => {
    const { one, many, done } = texts[name]
    return `${counted(figures[name] ?? 0, one, many)} ${done}`
  })
  return words.join(', ')
}

/** The figures that `run` shows, in the order of their texts. */
export function figuresOfRun(figures: WorkFigures): Cells {
  return figureNames(figureTexts).flatMap((name) => {
    const { runColumn } = texts[name]
    const value = name === 'backlogUnits' ? undefined : figures[name]
    return runColumn === undefined || value === undefined ? [] : [numberCell(runColumn, value)]
  })
}

/** The figures that `status` shows of each run, in the order of the table. */
export function figuresOfStatus(figures: RunFigures): Cells {
  return figureNames(runFigures).flatMap((name) => {
    const { statusColumn } = texts[name]
    return statusColumn === undefined ? [] : [numberCell(statusColumn, figures[name])]
  })
}
