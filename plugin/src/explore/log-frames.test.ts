import { DataFrameType, FieldType, toDataFrame, type DataFrame } from '@grafana/data'
import { withNanos } from './log-frames'

const page = (nanos?: number[], type = DataFrameType.LogLines): DataFrame => {
  const frame = toDataFrame({
    meta: { type },
    fields: [
      { name: 'timestamp', type: FieldType.time, values: [1_000, 2_000] },
      { name: 'body', type: FieldType.string, values: ['a', 'b'] },
    ],
  })
  const [time, ...others] = frame.fields
  return nanos === undefined || time === undefined ? frame : { ...frame, fields: [{ ...time, nanos }, ...others] }
}

it('gives each page of a list the same fields, whether or not its times hold microseconds', () => {
  expect(withNanos(page()).fields[0]?.nanos).toEqual([0, 0])
  expect(withNanos(page([1_000, 0])).fields[0]?.nanos).toEqual([1_000, 0])
})

it('leaves other frames as they are', () => {
  const series = page(undefined, DataFrameType.TimeSeriesWide)
  expect(withNanos(series)).toBe(series)
})
