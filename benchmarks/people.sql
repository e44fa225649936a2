CREATE UNLOGGED TABLE bench AS
SELECT n::bigint AS id,
       (110101 + n % 16 * 1)::text || to_char(birth, 'YYYYMMDD') || lpad((n % 1000)::text, 3, '0')
         || substr('10X98765432', 1 + (n % 11)::int, 1) AS id_no,
       substr('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨', 1 + (n % 16)::int, 1)
         || substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平', 1 + (n / 7 % 20)::int, 1)
         || substr('华文玉兰宁安康乐欣怡子涵梓萱浩然', 1 + (n / 3 % 16)::int, 1) AS name,
       '1' || (30 + n % 10)::text || lpad((n * 7919 % 100000000)::text, 8, '0') AS phone,
       birth,
       CASE WHEN n % 2 = 0 THEN '男' ELSE '女' END AS gender,
       (110101 + n % 16)::text AS district,
       '北京市东城区东华门街道第' || (n % 999 + 1)::text || '号院' || (n % 20 + 1)::text || '单元' AS address,
       (n * 37 % 1000000 / 100.0)::numeric(12, 2) AS amount,
       timestamp '2026-01-01' + n % 30000000 * interval '1 second' AS updated_at,
       substr('ABCD', 1 + (n % 4)::int, 1) AS status,
       (n % 101)::int AS score
FROM (SELECT n, date '1940-01-01' + (n * 7919 % 25000)::int AS birth FROM generate_series(1::bigint, ROWS) n) numbered;
ALTER TABLE bench ADD PRIMARY KEY (id)
