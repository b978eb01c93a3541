export type JsonRecord = Record<string, unknown>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The record's own value of that key: `constructor` and `__proto__` are keys like any other. */
export function ownValue(target: JsonRecord, key: string): unknown {
  return Object.hasOwn(target, key) ? target[key] : undefined
}

/** Sets an own value, also for the key `__proto__`, where a plain assignment would set the prototype. */
export function setOwn(target: JsonRecord, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

/** JSON with sorted keys, so that equal values have equal text. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sortedJson(ownValue(value, key))}`)
  return `{${entries.join(',')}}`
}
