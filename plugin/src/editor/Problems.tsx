import { css } from '@emotion/css'
import type { GrafanaTheme2 } from '@grafana/data'
import { Icon, useStyles2 } from '@grafana/ui'
import { useEffect, useState } from 'react'
import { isComplete } from '../query/terms'
import { variablesOf } from '../query/interpolate'
import type { ReadableQuery } from '../query/query'
import type { Problem, Resources } from '../resources'
import { sentenceOf } from '../said'

/** Long enough that a word can be finished. */
const PAUSE_MS = 400

const NONE: readonly Problem[] = []

/** What the collector would refuse in the query as it stands; asked once typing pauses. Empty while nothing is known. */
export function useProblems(resources: Resources, query: ReadableQuery): readonly Problem[] {
  const [problems, setProblems] = useState(NONE)
  // Rows that are still being written are no mistakes. Neither are variables: what they stand for is not known here.
  const terms = query.filter.terms.filter(isComplete)
  const asked = variablesOf(query).length > 0 ? null : JSON.stringify({ ...query, filter: { ...query.filter, terms } })
  useEffect(() => {
    if (asked === null) return
    let isCurrent = true
    const timer = setTimeout(() => {
      resources.check(JSON.parse(asked) as ReadableQuery).then(
        (found) => isCurrent && setProblems(found),
        // Running the query will say why nobody answers.
        () => isCurrent && setProblems(NONE),
      )
    }, PAUSE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [resources, asked])
  return asked === null ? NONE : problems
}

/** Problems in words, each with what to do. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  const styles = useStyles2(problemStyles)
  return (
    <div aria-live="polite">
      {problems.map(({ place, message, position }) => (
        <div key={`${place} ${message}`} className={styles.problem}>
          <Icon name="exclamation-triangle" />
          <span>{position === undefined ? `${place}: ${sentenceOf(message)}` : sentenceOf(message)}</span>
        </div>
      ))}
    </div>
  )
}

const problemStyles = (theme: GrafanaTheme2) => ({
  problem: css({
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'center',
    color: theme.colors.error.text,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
})
