import type { FailureKind } from './protocol.ts'

/**
 * Sorts DuckDB's errors by their messages: the binding hands over nothing else. Corrupt is what only a damaged file
 * says; a file of a newer DuckDB, a full disk or missing rights are not damage, and the file stays where it is.
 */
const MESSAGES: readonly (readonly [FailureKind, RegExp])[] = [
  ['interrupted', /^INTERRUPT Error|^Interrupted/i],
  ['locked', /Could not set lock on file/i],
  ['invalidated', /has been invalidated|must be restarted|file is not open/i],
  ['corrupt', /not a valid DuckDB database file|Corrupt database file|checksum|Failure while replaying WAL/i],
  ['corrupt', /Serialization Error|deserializ|could not read (?:enough|all) bytes/i],
  ['memory', /^Out of Memory Error|failed to (?:allocate|pin|offload) (?:data|block)|max_temp_directory_size/i],
  ['mistake', /^(?:Binder|Catalog|Conversion|Invalid Input|Not implemented|Out of Range|Parser|Syntax) Error/i],
]

export function failureKind(message: string): FailureKind {
  return MESSAGES.find(([, pattern]) => pattern.test(message))?.[0] ?? 'other'
}
