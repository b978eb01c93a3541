import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { useStyles2 } from '@grafana/ui'
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { rangeOf, type CompletionItem, type Problem, type Resources } from '../resources'
import { luceneStyles } from './lucene-styles'
import { useCompletion } from './use-completion'

interface Props {
  readonly text: string
  readonly problems: readonly Problem[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly onChange: (text: string) => void
  readonly onRunQuery: () => void
}

/**
 * The line of text. Fields and values are offered while typing: arrows choose, Enter or Tab take, Escape closes. Enter without
 * a choice runs the query, Shift+Enter begins a new line, Ctrl+Space asks for what can stand here.
 */
export function LuceneField({ text, problems, resources, range, onChange, onRunQuery }: Props) {
  const styles = useStyles2(luceneStyles)
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const cursor = useRef<number | null>(null)
  const completion = useCompletion((written, position) => resources.complete(written, position, rangeOf(range)))
  const [active, setActive] = useState(-1)
  const { items } = completion
  const isOpen = items.length > 0

  // Text that was put in by code leaves the cursor at its end; it belongs behind what was put in.
  useLayoutEffect(() => {
    if (cursor.current === null) return
    area.current?.setSelectionRange(cursor.current, cursor.current)
    cursor.current = null
  }, [text])

  const close = () => {
    completion.close()
    setActive(-1)
  }
  const take = (item: CompletionItem) => {
    const { from, to } = completion.place
    const closing = item.kind === 'value' ? ' ' : ''
    const changed = text.slice(0, from) + item.insert + closing + text.slice(to)
    cursor.current = from + item.insert.length + closing.length
    onChange(changed)
    close()
    // Behind a field its values come next.
    if (item.kind === 'field') completion.ask(changed, cursor.current)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const chosen = items[active]
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey
    if (event.key === ' ' && event.ctrlKey) completion.ask(text, event.currentTarget.selectionStart)
    else if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      setActive(step(active, event.key === 'ArrowDown' ? 1 : -1, items.length)) // prettier-ignore
    else if (isOpen && event.key === 'Escape') close()
    else if (chosen !== undefined && isPlain && (event.key === 'Enter' || event.key === 'Tab')) take(chosen)
    else if (event.key === 'Enter' && !event.shiftKey) {
      close()
      onRunQuery()
    } else return
    event.preventDefault()
    // Escape would else close the dialogue around the editor, too.
    event.stopPropagation()
  }
  return (
    <div className={styles.field}>
      <textarea
        ref={area}
        id={`${id}text`}
        className={styles.text}
        value={text}
        rows={Math.min(8, text.split('\n').length)}
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
          setActive(-1)
          completion.ask(currentTarget.value, currentTarget.selectionStart)
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {isOpen && <Suggestions id={id} items={items} active={active} onTake={take} />}
    </div>
  )
}

interface SuggestionsProps {
  readonly id: string
  readonly items: readonly CompletionItem[]
  readonly active: number
  readonly onTake: (item: CompletionItem) => void
}

function Suggestions({ id, items, active, onTake }: SuggestionsProps) {
  const styles = useStyles2(luceneStyles)
  const shown = useRef<HTMLLIElement>(null)
  useLayoutEffect(() => shown.current?.scrollIntoView({ block: 'nearest' }), [active])
  return (
    <ul
      id={`${id}list`}
      role="listbox"
      className={styles.list}
      aria-label={t('lucene.suggestions', 'What can stand here')}
    >
      {items.map((item, place) => (
        <li
          key={`${item.kind} ${item.label}`}
          ref={place === active ? shown : null}
          id={`${id}${place}`}
          role="option"
          aria-selected={place === active}
          className={styles.item}
          // The text keeps the focus: a click must not blur it, which would close the list first.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(item)}
        >
          <span className={styles.label}>{item.label}</span>
          <span className={styles.detail}>
            {item.occurrences === undefined
              ? item.detail
              : t('lucene.occurrences', 'seen {{count}} times', { count: item.occurrences })}
          </span>
        </li>
      ))}
    </ul>
  )
}

function step(active: number, by: 1 | -1, length: number): number {
  return active < 0 ? (by > 0 ? 0 : length - 1) : (active + by + length) % length
}
