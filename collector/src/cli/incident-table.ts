import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import { parseTime } from '../query/time.ts'
import type { ProblemLook } from './problem-table.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine, relative, span } from './text.ts'

/** Incidents as a table, as they are at `at`. */
export function incidentLines(
  incidents: readonly IncidentJson[],
  at: string,
  { columns: space, now, paint, hasTitle, isWide = false }: ProblemLook,
): readonly string[] {
  const time = (text: string) => parseTime(text, now) ?? now
  const asked = time(at)
  const ago = (text: string) => (isWide || !hasTitle ? text : relative(time(text), asked))
  const columns: readonly Column<IncidentJson>[] = [
    { title: 'ID', of: ({ id }) => id },
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text) => paint(text.trim(), text), goes: 3 },
    { title: 'STATE', of: ({ state, planned }) => (planned ? `${state}, planned` : state) },
    { title: 'SINCE', of: ({ opened }) => ago(opened) },
    { title: 'FOR', of: ({ opened, ended }) => span((ended === null ? asked : time(ended)) - time(opened)), goes: 2 },
    { title: 'WHAT', of: ({ title }) => oneLine(title), cut: 'end' },
    { title: 'CAUSE', of: ({ causes }) => causes[0]?.confidence ?? 'unknown' },
    {
      title: 'BEFORE',
      of: ({ similar }) => (similar.length === 0 ? '' : `×${String(similar.length)}`),
      isRight: true,
      goes: 1,
    },
    ...(isWide ? [{ title: 'CLUSTER', of: ({ cluster }: IncidentJson) => oneLine(cluster) }] : []),
  ]
  return tableLines(incidents, columns, { columns: space, hasTitle })
}
