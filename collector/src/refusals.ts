import type { Delivery } from './event/delivery.ts'

/** Causes that are routine in a watch. */
const ROUTINE: readonly string[] = ['bookmark', 'deletion']

/** Of each cause the first few are told with their place; the accounts count all. */
export const TOLD_PER_CAUSE = 5

/** Tells of what could not be used, with its place, of each cause the first ones. */
export function refusals(
  tell: (text: string) => void,
  mostPerCause: number,
): (cause: string, detail: string, delivery: Delivery) => void {
  const told = new Map<string, number>()
  return (cause, detail, delivery) => {
    const times = (told.get(cause) ?? 0) + 1
    if (ROUTINE.includes(cause) || times > mostPerCause) return
    told.set(cause, times)
    const place = 'place' in delivery ? delivery.place : undefined
    const where = place === undefined ? '' : `${place.stream}${place.line === undefined ? '' : `:${place.line}`}: `
    tell(`${where}${cause}: ${detail}${times === mostPerCause ? ' (more of these are only counted)' : ''}`)
  }
}
