/** Sizes that environment variables may change, so that a bench can be tried small. */
export function sizeOf(variable: string, preset: number): number {
  const text = process.env[variable]
  if (text === undefined || text === '') return preset
  const size = Number(text)
  if (!Number.isFinite(size) || size <= 0) throw new Error(`${variable}=${text}: must be a number above 0`)
  return size
}

/** Value at or below which the share `quantile` of `values` lies (nearest rank); null without values. */
export function quantileOf(values: readonly number[], quantile: number): number | null {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? null
}

/** Median, 95th and 99th percentile and maximum, rounded to a tenth. */
export function distribution(values: readonly number[]) {
  const at = (quantile: number) => roundTo(quantileOf(values, quantile) ?? 0, 1)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), samples: values.length }
}

export function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000)
}
