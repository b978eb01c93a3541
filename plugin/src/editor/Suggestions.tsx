import { t } from '@grafana/i18n'
import { useStyles2 } from '@grafana/ui'
import { useLayoutEffect, useRef } from 'react'
import type { CompletionItem } from '../resources'
import { detailOf } from './field-meanings'
import { luceneStyles } from './lucene-styles'

interface Props {
  /** Of the text; the list and its items have ids that begin with it. */
  readonly id: string
  readonly items: readonly CompletionItem[]
  /** Place of the chosen item; -1 for none. */
  readonly active: number
  readonly onTake: (item: CompletionItem) => void
}

/** What can stand at the cursor, below the line of text, which keeps the focus. */
export function Suggestions({ id, items, active, onTake }: Props) {
  const styles = useStyles2(luceneStyles)
  const chosen = useRef<HTMLLIElement>(null)
  useLayoutEffect(() => {
    // Newer browsers answer with a promise, which must not be taken for a clean-up.
    void chosen.current?.scrollIntoView({ block: 'nearest' })
  }, [active])
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
          ref={place === active ? chosen : null}
          id={`${id}${place}`}
          role="option"
          aria-selected={place === active}
          aria-describedby={`${id}detail${place}`}
          className={styles.item}
          // A click must not blur the text, which would close the list first.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(item)}
        >
          <span className={styles.label}>{item.label}</span>
          <span id={`${id}detail${place}`} className={styles.detail} aria-hidden>
            {item.occurrences === undefined
              ? detailOf(item)
              : t('lucene.occurrences', 'seen {{times}} times', { times: item.occurrences.toLocaleString() })}
          </span>
        </li>
      ))}
    </ul>
  )
}
