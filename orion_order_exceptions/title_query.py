"""Which products share a word with a title, asked of PostgreSQL's trigrams."""

from odoo.tools import SQL

#: Before the query. Word similarity from which two words may be the same one, misspelt: low, for
#: the library decides. PostgreSQL takes comparing trigrams for as cheap as comparing numbers, and
#: would rather compare all names than use an index to which much was added since its last vacuum.
PREPARE = "SET LOCAL pg_trgm.word_similarity_threshold = 0.3; SET LOCAL enable_seqscan = off"
#: After it.
RESET = "SET LOCAL enable_seqscan TO DEFAULT"
#: A word in more names than this distinguishes nothing; no more of them are looked at.
COMMON = 500


def words_query(words, company_ids, unaccent):
    """A query that answers (word, ids of templates whose name has it, or a similar one).

    A word that many names have costs its `COMMON` first ones, where comparing whole titles costs
    all of them for each title.

    :param words: plain words, each once
    :param company_ids: whose products count, beside those of all companies
    :param unaccent: whether Odoo's index is on names without accents
    """
    # the expression that Odoo indexes, or the index would not be used
    name = SQL("(jsonb_path_query_array(template.name, '$.*')::text)")
    if unaccent:
        name = SQL("unaccent(%s)", name)
    return SQL(
        "SELECT wanted.word, array_agg(found.id) FROM unnest(%(words)s) AS wanted(word)"
        " CROSS JOIN LATERAL (SELECT template.id FROM product_template template"
        " WHERE wanted.word <%% %(name)s AND template.active AND template.sale_ok"
        " AND (template.company_id IS NULL OR template.company_id = ANY(%(companies)s))"
        " LIMIT %(limit)s) found GROUP BY wanted.word",
        words=list(words),
        name=name,
        companies=list(company_ids),
        limit=COMMON + 1,
    )


def promising(titles, found):
    """Ids of the templates worth comparing: those with a title's rare words, or with its common
    ones where it has no other.

    :param titles: plain titles
    :param found: `{word: ids}`, as the query answers
    """
    picked = set()
    for title in titles:
        hits = [found[word] for word in set(title.split()) if word in found]
        rare = [ids for ids in hits if len(ids) <= COMMON]
        for ids in rare or hits:
            picked.update(ids)
    return sorted(picked)
