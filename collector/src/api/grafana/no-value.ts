/** How an empty value is written where people read and choose: in legends, rows, lists, filters. */
export const NO_VALUE = '(none)'

export function shown(value: string): string {
  return value === '' ? NO_VALUE : value
}

/** What a chosen value stands for. */
export function meant(value: string): string {
  return value === NO_VALUE ? '' : value
}
