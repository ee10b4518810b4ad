-- A journal as ejmon left it before it kept versions: killed with Rocket.Chat down (the log and "pager" know, "second" refused thrice) and
-- with a repair of theme/partial-copy between its saving and its switching. Times and paths are of no importance.
BEGIN TRANSACTION;
CREATE TABLE attempts (id TEXT PRIMARY KEY, incident TEXT NOT NULL, cause TEXT NOT NULL, remedy TEXT NOT NULL, plan TEXT NOT NULL,  started REAL NOT NULL, applied REAL, ended REAL, state TEXT NOT NULL, report TEXT NOT NULL DEFAULT '');
INSERT INTO "attempts" VALUES('clear-collect@1795922477.612','theme/partial-copy@20261129T032117Z','theme/partial-copy','clear-collect','First look (a trial collectstatic into a temporary folder of web, compared with the volume; changes nothing):
  /srv/in-web python -c PROGRAM look /srv/lab/app '''' ATTEMPT
Then save the served files as hard links, and lib/build''s as copies:
  /srv/in-web python -c PROGRAM save /srv/lab/app '''' ATTEMPT
Then collect into a fresh folder on the same volume:
  /srv/in-web env DJANGO_STATIC_ROOT=STATIC_ROOT/.ejmon/ATTEMPT/fresh sh -c ''cd "$1" && umask 022 && exec timeout -k 5 "$2" inv collect'' sh /srv/lab/app 240
Then check the fresh tree, rename each file that differs over the served one, and remove what has no source any more:
  /srv/in-web python -c PROGRAM switch /srv/lab/app '''' ATTEMPT
If the checks still see the fault, bring the former files back:
  /srv/in-web python -c PROGRAM undo /srv/lab/app '''' ATTEMPT
where PROGRAM is a small Python program that `ejmon plan -v` prints, ATTEMPT the name of the attempt, STATIC_ROOT web''s static folder.
',1795922477.613,1795922486.105,NULL,'applying','First look (a trial collectstatic into a temporary folder of web, compared with the volume; changes nothing):
  /srv/in-web python -c PROGRAM look /srv/lab/app '''' ATTEMPT
Then save the served files as hard links, and lib/build''s as copies:
  /srv/in-web python -c PROGRAM save /srv/lab/app '''' ATTEMPT
Then collect into a fresh folder on the same volume:
  /srv/in-web env DJANGO_STATIC_ROOT=STATIC_ROOT/.ejmon/ATTEMPT/fresh sh -c ''cd "$1" && umask 022 && exec timeout -k 5 "$2" inv collect'' sh /srv/lab/app 240
Then check the fresh tree, rename each file that differs over the served one, and remove what has no source any more:
  /srv/in-web python -c PROGRAM switch /srv/lab/app '''' ATTEMPT
If the checks still see the fault, bring the former files back:
  /srv/in-web python -c PROGRAM undo /srv/lab/app '''' ATTEMPT
where PROGRAM is a small Python program that `ejmon plan -v` prints, ATTEMPT the name of the attempt, STATIC_ROOT web''s static folder.
Of 166 files 1 differ (js/main.js) and 0 are missing; 0 on the volume belong to no source.
preflight: go
Saved 166 served files as hard links in /srv/lab/volumes/static/.ejmon/b58a1838f52d.
');
CREATE TABLE events (at REAL NOT NULL, what TEXT NOT NULL, incident TEXT NOT NULL, sentence TEXT NOT NULL);
INSERT INTO "events" VALUES(1795922466.447,'started','','ejmon 0.1.0 started');
INSERT INTO "events" VALUES(1795922471.222,'triggered','rocket/down@20261129T032111Z','Rocket.Chat does not work; MongoDB was not seen to be the reason.');
CREATE TABLE incidents (id TEXT PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, codes TEXT NOT NULL,  opened REAL NOT NULL, closed REAL, state TEXT NOT NULL);
INSERT INTO "incidents" VALUES('rocket/down@20261129T032111Z','rocket/down','critical','Rocket.Chat does not work; MongoDB was not seen to be the reason.','rocket/unreachable',1795922471.07,NULL,'open');
INSERT INTO "incidents" VALUES('theme/partial-copy@20261129T032117Z','theme/partial-copy','critical','A collect was cut off while it copied: files on the volume are shorter than their sources.','theme/truncated',1795922477.608,NULL,'open');
CREATE TABLE notices (id INTEGER PRIMARY KEY AUTOINCREMENT, incident TEXT NOT NULL, sink TEXT NOT NULL, event TEXT NOT NULL,  code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, made REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,  done REAL, verdict TEXT NOT NULL DEFAULT '');
INSERT INTO "notices" VALUES(1,'rocket/down@20261129T032111Z','log','triggered','rocket/down','critical','Rocket.Chat does not work; MongoDB was not seen to be the reason.','Seen:
  rocket/unreachable: Rocket.Chat cannot be reached: 127.0.0.1:24966: cannot connect: Connection refused.
    /api/info: saw connect, want an answer
Do not: restart web: EJ is not at fault
By hand: docker-compose ps rocketchat
By hand: docker-compose logs --tail 50 rocketchat
By hand: docker-compose up -d rocketchat
More: ejmon explain rocket/down
',1795922471.116,0,1795922471.182,'delivered');
INSERT INTO "notices" VALUES(2,'rocket/down@20261129T032111Z','pager','triggered','rocket/down','critical','Rocket.Chat does not work; MongoDB was not seen to be the reason.','Seen:
  rocket/unreachable: Rocket.Chat cannot be reached: 127.0.0.1:24966: cannot connect: Connection refused.
    /api/info: saw connect, want an answer
Do not: restart web: EJ is not at fault
By hand: docker-compose ps rocketchat
By hand: docker-compose logs --tail 50 rocketchat
By hand: docker-compose up -d rocketchat
More: ejmon explain rocket/down
',1795922471.116,0,1795922471.331,'delivered');
INSERT INTO "notices" VALUES(3,'rocket/down@20261129T032111Z','second','triggered','rocket/down','critical','Rocket.Chat does not work; MongoDB was not seen to be the reason.','Seen:
  rocket/unreachable: Rocket.Chat cannot be reached: 127.0.0.1:24966: cannot connect: Connection refused.
    /api/info: saw connect, want an answer
Do not: restart web: EJ is not at fault
By hand: docker-compose ps rocketchat
By hand: docker-compose logs --tail 50 rocketchat
By hand: docker-compose up -d rocketchat
More: ejmon explain rocket/down
',1795922471.116,3,NULL,'');
CREATE INDEX notices_due ON notices (sink, done);
CREATE INDEX events_at ON events (at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('notices',3);
COMMIT;