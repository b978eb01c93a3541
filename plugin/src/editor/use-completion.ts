import { useEffect, useState } from 'react'
import type { Completion } from '../resources'

/** Short enough to feel immediate, long enough that fast typing asks once. */
const PAUSE_MS = 120

const NOTHING: Completion = { from: 0, to: 0, items: [] }

type Complete = (text: string, position: number) => Promise<Completion>

/** What can stand at a place of the text. */
export function useCompletion(complete: Complete) {
  const [found, setFound] = useState(NOTHING)
  const [asker] = useState(() => completionAsker(setFound))
  useEffect(() => asker.close, [asker])
  const { items, from, to } = found
  const ask = (text: string, position: number) => asker.ask(complete, text, position)
  return { ask, close: asker.close, items, place: { from, to } }
}

/** Asks once typing pauses. Only the newest answer counts: an older one may come later. */
function completionAsker(show: (found: Completion) => void) {
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = { found: NOTHING, text: '' }
  const take = (found: Completion, text: string) => {
    last = { found, text }
    show(found)
  }
  const close = () => {
    asked += 1
    clearTimeout(timer)
    take(NOTHING, '')
  }
  const ask = (complete: Complete, text: string, position: number) => {
    const own = ++asked
    clearTimeout(timer)
    // What is shown must fit what is written, at every moment: it may be taken before the next answer is there.
    take(narrow(last.found, last.text, text, position), text)
    timer = setTimeout(() => {
      complete(text, position).then(
        (answer) => own === asked && take(isDone(answer, text) ? NOTHING : answer, text),
        // Suggestions are a comfort: without them the text can be written all the same.
        () => own === asked && take(NOTHING, text),
      )
    }, PAUSE_MS)
  }
  return { ask, close }
}

/** Those of the suggestions for an older text that fit the text now, at the same place; none when it changed elsewhere. */
export function narrow({ from, to, items }: Completion, older: string, text: string, position: number): Completion {
  const isSamePlace = text.slice(0, from) === older.slice(0, from) && text.slice(position) === older.slice(to)
  if (!isSamePlace || position < from) return NOTHING
  const written = text.slice(from, position).replaceAll(/["\\]/g, '').toLowerCase()
  return { from, to: position, items: items.filter(({ label }) => label.toLowerCase().includes(written)) }
}

/** Nothing is left to offer once the only suggestion stands there. */
function isDone({ items: [only, ...more], from, to }: Completion, text: string): boolean {
  return only !== undefined && more.length === 0 && text.slice(from, to) === only.insert
}
