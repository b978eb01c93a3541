import { dateTime, FieldType, textUtil, toDataFrame, type DataFrame } from '@grafana/data'
import { withMarkup } from './annotation-marks'

const link = (title: string, query: unknown) => ({
  title,
  url: '',
  internal: { datasourceUid: 'ds', datasourceName: 'Eventloom', query },
})
const ofRow = (name: string) => `\${__data.fields["${name}"]}`
const links = [
  link('Events of this object', {
    queryType: 'events',
    filter: { text: '', terms: [{ key: 'regarding.name', operator: '=', values: [ofRow('regarding.name')] }] },
  }),
  link('What happened around then', {
    query: { queryType: 'events' },
    around: { first: 'time', last: 'timeEnd', byMs: 1_000 },
  }),
  link('Workload dashboard', { dashboard: 'workloads', variables: { workload: ofRow('regarding.name') } }),
]
const range = { from: dateTime(0), to: dateTime(1), raw: { from: 'now-6h', to: 'now' } }

const rights = { mayExplore: true, mayMakeRules: true }

function marksOf(text: string, kind = 'Pod', dashboard: string | null = 'workloads'): DataFrame {
  const frame = toDataFrame({
    name: 'annotations',
    fields: [
      { name: 'time', type: FieldType.time, values: [5_000] },
      { name: 'timeEnd', type: FieldType.time, values: [7_000] },
      { name: 'title', type: FieldType.string, values: ['<i>Odd</i>'] },
      { name: 'text', type: FieldType.string, values: [text], config: { links } },
      { name: 'regarding.kind', type: FieldType.string, values: [kind] },
      { name: 'regarding.name', type: FieldType.string, values: ['web "0" & <b>'] },
    ],
  })
  return withMarkup(frame, { ...rights, range, dashboards: dashboard === null ? [] : [{ uid: dashboard }] })
}

/** A text as Grafana draws it. */
function drawn(frame: DataFrame, column = 'text'): HTMLElement {
  const element = document.createElement('div')
  element.innerHTML = textUtil.sanitize(String(frame.fields.find(({ name }) => name === column)?.values[0]))
  return element
}

it('shows what events say as text, whatever is in it', () => {
  const note =
    'pulling <none> <img src="https://elsewhere.example/seen.png"> <a href="https://elsewhere.example">log in</a>'
  const frame = marksOf(note, '')
  expect(drawn(frame).textContent).toBe(note)
  expect(drawn(frame).children).toHaveLength(0)
  expect(drawn(frame, 'title').textContent).toBe('<i>Odd</i>')
})

it('leads from a mark to its object, to what happened around then, and to its workload', () => {
  const anchors = [...drawn(marksOf('Back-off')).querySelectorAll('a')]
  expect(anchors.map(({ textContent }) => textContent)).toEqual([
    'Events of this object',
    'What happened around then',
    'Workload dashboard',
  ])
  const [object, around, workload] = anchors.map(({ href }) => new URL(href))
  const { queries, range: shown } = JSON.parse(object?.searchParams.get('panes') ?? '{}').events
  expect(queries[0].filter.terms[0].values).toEqual(['web "0" & <b>'])
  expect(shown).toEqual({ from: 'now-6h', to: 'now' })
  expect(JSON.parse(around?.searchParams.get('panes') ?? '{}').events.range).toEqual({ from: '4000', to: '8000' })
  expect(workload?.pathname).toBe('/d/workloads')
  expect(workload?.searchParams.get('var-workload')).toBe('web "0" & <b>')
})

it('leads nowhere that is not there: to no dashboard that Grafana lacks, and from no mark of what was left out', () => {
  expect(drawn(marksOf('Back-off', 'Pod', null)).querySelectorAll('a')).toHaveLength(2)
  expect(drawn(marksOf('12 more marks', '')).querySelectorAll('a')).toHaveLength(0)
})

it('leaves other frames alone', () => {
  const frame = toDataFrame({ fields: [{ name: 'text', type: FieldType.string, values: ['a < b'] }] })
  expect(withMarkup(frame, { ...rights, range, dashboards: [] })).toBe(frame)
})
