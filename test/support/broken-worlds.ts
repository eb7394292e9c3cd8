import { type Around, lostBefore } from './faulty-stores.ts'
import { type World, worldThrough } from './world.ts'

/** What befalls a process at one of its requests. */
export interface Fault {
  /** Whether the request is not made, or its answer is lost: `lostBefore` or `lostAfter`. */
  readonly lost: typeof lostBefore
  /** Whether it can't make any request after that. */
  readonly dies: boolean
}

/** The world as a process sees it that has a fault at its request of that number, from 0. */
export function withFault(world: World, faulty: number, { lost, dies }: Fault): World {
  let requests = 0
  const around: Around = async (request) => {
    const number = requests++
    if (dies && number > faulty) throw lost()
    if (number === faulty && lost === lostBefore) throw lost()
    const answer = await request()
    if (number === faulty) throw lost()
    return answer
  }
  return worldThrough(world, () => around)
}

/** The world as a process sees it that dies at its request of that number, from 0. */
export function dyingAt(world: World, faulty: number, lost = lostBefore): World {
  return withFault(world, faulty, { lost, dies: true })
}

/** The world as a process sees it whose requests to one store are never made. */
export function without(world: World, broken: keyof World): World {
  return worldThrough(world, (store) => (request) => {
    if (store === broken) throw lostBefore()
    return request()
  })
}
