import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { useStyles2 } from '@grafana/ui'
import { useId, useLayoutEffect, useRef } from 'react'
import { rangeOf, type Problem, type Resources } from '../resources'
import { luceneStyles } from './lucene-styles'
import { Suggestions } from './Suggestions'
import { useSuggestions } from './use-suggestions'

interface Props {
  readonly text: string
  readonly problems: readonly Problem[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly onChange: (text: string) => void
  readonly onRunQuery: () => void
}

/** Lines that are shown at most; more are scrolled. */
const MOST_LINES = 8

/**
 * The line of text. Fields and values are offered while typing: arrows choose, Enter or Tab take, Escape closes. Enter without
 * a choice runs the query, Shift+Enter begins a new line, Ctrl+Space asks for what can stand here.
 */
export function LuceneField({ text, problems, resources, range, onChange, onRunQuery }: Props) {
  const styles = useStyles2(luceneStyles)
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const cursor = useRef<number | null>(null)
  const suggestions = useSuggestions({
    text,
    complete: (written, position) => resources.complete(written, position, rangeOf(range)),
    onTake: (changed, position) => {
      cursor.current = position
      onChange(changed)
    },
    onRunQuery,
  })
  const { items, active } = suggestions
  const isOpen = items.length > 0

  // Text that was put in by code leaves the cursor at its end; it belongs behind what was put in.
  useLayoutEffect(() => {
    if (cursor.current === null) return
    area.current?.setSelectionRange(cursor.current, cursor.current)
    cursor.current = null
  }, [text])

  return (
    <div className={styles.field}>
      <textarea
        ref={area}
        id={`${id}text`}
        className={styles.text}
        value={text}
        rows={Math.min(MOST_LINES, text.split('\n').length)}
        spellCheck={false}
        autoComplete="off"
        placeholder={t('lucene.placeholder', 'reason:BackOff AND namespace:shop')}
        aria-label={t('lucene.label', 'Filter in Lucene query syntax')}
        aria-invalid={problems.length > 0}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={isOpen ? `${id}list` : undefined}
        aria-activedescendant={active >= 0 ? `${id}${active}` : undefined}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value)
          suggestions.ask(currentTarget.value, currentTarget.selectionStart)
        }}
        onKeyDown={suggestions.onKeyDown}
        onBlur={suggestions.close}
      />
      {isOpen && <Suggestions id={id} items={items} active={active} onTake={suggestions.take} />}
    </div>
  )
}
