import { DataFrameType, FieldType, type DataFrame } from '@grafana/data'

/**
 * Log rows whose times all have nanoseconds. Grafana's server sends them only in answers in which one is not zero, and its logs view
 * cannot join a page that has none to one that has.
 */
export function withNanos(frame: DataFrame): DataFrame {
  if (frame.meta?.type !== DataFrameType.LogLines) return frame
  const fields = frame.fields.map((field) =>
    field.type === FieldType.time && field.nanos === undefined
      ? { ...field, nanos: new Array<number>(frame.length).fill(0) }
      : field,
  )
  return { ...frame, fields }
}
