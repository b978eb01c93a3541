import { css } from '@emotion/css'
import type { GrafanaTheme2 } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Text, useStyles2 } from '@grafana/ui'

interface Props {
  readonly labelSets: readonly Readonly<Record<string, string>>[]
  /** How many there are beyond these. */
  readonly more: number
}

/** Sets of labels as a table, a column for each name. */
export function LabelTable({ labelSets, more }: Props) {
  const styles = useStyles2(tableStyles)
  const names = [...new Set(labelSets.flatMap(Object.keys))]
  if (names.length === 0)
    return <Text variant="bodySmall">{t('labels.none', 'One alert without labels of its own.')}</Text>
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labelSets.map((labels, place) => (
            <tr key={place}>
              {names.map((name) => (
                <td key={name}>{labels[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <Text variant="bodySmall" color="secondary">
          {t('labels.more', 'and {{count}} more', { count: more })}
        </Text>
      )}
    </div>
  )
}

const tableStyles = (theme: GrafanaTheme2) => ({
  frame: css({ maxHeight: 240, overflow: 'auto' }),
  table: css({
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': { padding: theme.spacing(0.25, 2, 0.25, 0.5), textAlign: 'left', whiteSpace: 'nowrap' },
    th: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightMedium },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
})
