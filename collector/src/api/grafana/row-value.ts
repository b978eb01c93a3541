/** What Grafana puts in: the value of a column in the row that was clicked. */
export function ofRow(column: string): string {
  return `\${__data.fields["${column}"]}`
}

/** A value of a row that was not put in, as when the sum of all rows was clicked. */
export const VALUE_OF_ROW = /^\$\{__data\.fields\["[^"]*"\]\}$/
