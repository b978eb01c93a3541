import { useState, type KeyboardEvent } from 'react'
import type { Completion, CompletionItem } from '../resources'
import { useCompletion } from './use-completion'

interface Asked {
  readonly text: string
  readonly complete: (text: string, position: number) => Promise<Completion>
  /** Told the text with a suggestion put in, and where the cursor belongs. */
  readonly onTake: (text: string, position: number) => void
  readonly onRunQuery: () => void
}

/** Suggestions for a line of text and the keys that choose among them. */
export function useSuggestions({ text, complete, onTake, onRunQuery }: Asked) {
  const completion = useCompletion(complete)
  const [active, setActive] = useState(-1)
  const { items, place } = completion

  const close = () => {
    completion.close()
    setActive(-1)
  }
  const ask = (written: string, position: number) => {
    setActive(-1)
    completion.ask(written, position)
  }
  const take = (item: CompletionItem) => {
    const inserted = item.kind === 'value' ? `${item.insert} ` : item.insert
    const changed = text.slice(0, place.from) + inserted + text.slice(place.to)
    const position = place.from + inserted.length
    onTake(changed, position)
    close()
    // Behind a field its values come next.
    if (item.kind === 'field') ask(changed, position)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, shiftKey, ctrlKey, metaKey, currentTarget } = event
    const isOpen = items.length > 0
    const chosen = items[active]
    const takes = chosen !== undefined && (key === 'Enter' || key === 'Tab') && !shiftKey && !ctrlKey && !metaKey
    if (key === ' ' && ctrlKey) ask(text, currentTarget.selectionStart)
    else if (isOpen && key === 'ArrowDown') setActive((active + 1) % items.length)
    else if (isOpen && key === 'ArrowUp') setActive((active <= 0 ? items.length : active) - 1)
    else if (isOpen && key === 'Escape') close()
    else if (takes) take(chosen)
    else if (key === 'Enter' && !shiftKey) {
      close()
      onRunQuery()
    } else return
    event.preventDefault()
    // Escape would else close the dialogue around the editor, too.
    event.stopPropagation()
  }
  return { items, active, ask, take, close, onKeyDown }
}
