import { useEffect, useMemo, useRef, useState } from 'react'
import type { Completion } from '../resources'

/** Short enough to feel immediate, long enough that fast typing asks once. */
const PAUSE_MS = 120

const NOTHING: Completion = { from: 0, to: 0, items: [] }

type Complete = (text: string, position: number) => Promise<Completion>

/** What can stand at a place of the text. Only the newest answer counts: an older one may come later. */
export function useCompletion(complete: Complete) {
  const [found, setFound] = useState(NOTHING)
  const latest = useRef(complete)
  useEffect(() => {
    latest.current = complete
  })
  const actions = useMemo(() => {
    let asked = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const close = () => {
      asked += 1
      clearTimeout(timer)
      setFound(NOTHING)
    }
    const ask = (text: string, position: number) => {
      const own = ++asked
      clearTimeout(timer)
      timer = setTimeout(() => {
        latest.current(text, position).then(
          (answer) => own === asked && setFound(isDone(answer, text) ? NOTHING : answer),
          // Suggestions are a comfort: without them the text can be written all the same.
          () => own === asked && setFound(NOTHING),
        )
      }, PAUSE_MS)
    }
    return { ask, close }
  }, [])
  useEffect(() => actions.close, [actions])
  const { items, from, to } = found
  return { ...actions, items, place: { from, to } }
}

/** Nothing is left to offer once the only suggestion stands there. */
function isDone({ items: [only, ...more], from, to }: Completion, text: string): boolean {
  return only !== undefined && more.length === 0 && text.slice(from, to) === only.insert
}
