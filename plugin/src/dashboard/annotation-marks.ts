import { locationUtil, textUtil, type DataFrame } from '@grafana/data'
import { addressesOf, type Surroundings } from './frame-links'

/** What the collector calls the frame of marks. */
const MARKS = 'annotations'

/**
 * Marks as Grafana shows them: it draws their title and text as HTML. So what events say is made text again (a note may hold `<none>`, or a
 * picture of somebody else's), and links, which it drops from columns, stand below.
 */
export function withMarkup(frame: DataFrame, surroundings: Surroundings): DataFrame {
  if (frame.name !== MARKS) return frame
  const kinds = frame.fields.find(({ name }) => name === 'regarding.kind')?.values ?? []
  const fields = frame.fields.map((field) => {
    if (field.name !== 'title' && field.name !== 'text') return field
    const values = field.values.map((text: string, row) => {
      // A mark of something left out is of no object.
      const hasLinks = field.name === 'text' && (kinds[row] ?? '') !== ''
      return [textUtil.escapeHtml(text), ...(hasLinks ? [linksOf(frame, row, surroundings)] : [])].join('<br>')
    })
    return { ...field, values, config: { ...field.config, links: undefined } }
  })
  return { ...frame, fields }
}

function linksOf(frame: DataFrame, row: number, surroundings: Surroundings): string {
  const links = addressesOf(frame, row, surroundings).map(
    ({ title, url }) =>
      `<a href="${textUtil.escapeHtml(locationUtil.assureBaseUrl(url))}" target="_blank">${textUtil.escapeHtml(title)}</a>`,
  )
  return links.join(' · ')
}
