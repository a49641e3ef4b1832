-- The fund's own tables, and the one view others may read. Money is whole fen.

CREATE SCHEMA housing_fund;

CREATE TABLE housing_fund.source (digest text NOT NULL);

CREATE TABLE housing_fund.employer (
    code text PRIMARY KEY CHECK (length(code) = 18),
    name text NOT NULL
);

CREATE TABLE housing_fund.member (
    citizen_number text PRIMARY KEY CHECK (citizen_number ~ '^[1-9][0-9]{16}[0-9X]$'),
    name text NOT NULL
);

CREATE TABLE housing_fund.account (
    number text PRIMARY KEY,
    citizen_number text NOT NULL UNIQUE REFERENCES housing_fund.member,
    employer_code text NOT NULL REFERENCES housing_fund.employer,
    opened_on date NOT NULL,
    monthly_base_fen bigint NOT NULL CHECK (monthly_base_fen > 0),
    percent integer NOT NULL CHECK (percent BETWEEN 5 AND 12),
    months_paid integer NOT NULL CHECK (months_paid >= 0),
    status text NOT NULL CHECK (status IN ('paying', 'suspended'))
);

-- A barrier: no condition of the reader's sees a row before the view's own have.
CREATE VIEW housing_fund.deposit WITH (security_barrier) AS
WITH told AS (
    SELECT
        member.citizen_number,
        member.name,
        account.number AS account_number,
        employer.code AS employer_code,
        employer.name AS employer_name,
        account.opened_on,
        account.monthly_base_fen,
        account.percent,
        -- The employer and the member pay the same.
        2 * account.monthly_base_fen * account.percent / 100 AS monthly_deposit_fen,
        account.months_paid,
        2 * account.monthly_base_fen * account.percent / 100 * account.months_paid AS balance_fen,
        account.status
    FROM housing_fund.account
    JOIN housing_fund.member USING (citizen_number)
    JOIN housing_fund.employer ON employer.code = account.employer_code
)
SELECT
    told.*,
    -- Of JSON: a date as text would follow the reader's session.
    left(encode(sha256(convert_to(to_jsonb(told)::text, 'UTF8')), 'hex'), 16) AS record_version,
    statement_timestamp() AS as_of
FROM told;
