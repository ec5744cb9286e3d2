-- The monitor's alarms and who was told of them. See src/products/monitor/alarms/.
CREATE TABLE monitor_detection (
  monitor TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,      -- of the last mention the detection has read
  now_ns INTEGER NOT NULL,        -- where its clock stands
  state TEXT NOT NULL             -- products/monitor/detect/monitor.h
);
CREATE TABLE monitor_topic (
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,            -- quiet, learning, pending, firing, resolved
  since_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, topic)
);
CREATE TABLE monitor_alarm (
  monitor TEXT NOT NULL,
  alarm TEXT NOT NULL,
  topic TEXT NOT NULL,
  firing INTEGER NOT NULL CHECK (firing IN (0, 1)),
  fired_count INTEGER NOT NULL,   -- 1, and one more each time it came back within the hour
  fired_ns INTEGER NOT NULL,      -- first
  changed_ns INTEGER NOT NULL,    -- last fired, or resolved
  acknowledged_ns INTEGER,        -- NULL: by nobody; ends when it resolves
  acknowledged_by TEXT NOT NULL,
  note TEXT NOT NULL,
  explanation TEXT NOT NULL,      -- JSON, of when it fired last
  PRIMARY KEY (monitor, alarm)
);
CREATE INDEX monitor_alarm_firing ON monitor_alarm (monitor, firing, changed_ns);
CREATE TABLE monitor_silence (
  id TEXT PRIMARY KEY,
  monitor TEXT NOT NULL,
  topic TEXT NOT NULL,            -- '' is every topic
  begins_ns INTEGER NOT NULL,
  ends_ns INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE monitor_audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  time_ns INTEGER NOT NULL,
  topic TEXT NOT NULL,
  alarm TEXT NOT NULL,            -- '' where none is concerned
  event TEXT NOT NULL,
  who TEXT NOT NULL,              -- '' is the monitor itself
  detail TEXT NOT NULL
);
CREATE INDEX monitor_audit_monitor ON monitor_audit (monitor, sequence);
-- What a route was told of an alarm last.
CREATE TABLE monitor_told (
  monitor TEXT NOT NULL,
  route TEXT NOT NULL,
  alarm TEXT NOT NULL,
  firing INTEGER NOT NULL CHECK (firing IN (0, 1)),
  told_ns INTEGER NOT NULL,
  PRIMARY KEY (monitor, route, alarm)
);
CREATE TABLE monitor_group (
  monitor TEXT NOT NULL,
  route TEXT NOT NULL,
  name TEXT NOT NULL,             -- the topic, or '' where a route has one group
  due_ns INTEGER NOT NULL,        -- 0: nothing to tell
  told_ns INTEGER NOT NULL,       -- 0: never
  PRIMARY KEY (monitor, route, name)
);
CREATE TABLE monitor_notice (
  id TEXT PRIMARY KEY,            -- the same in every attempt: what a receiver tells repetitions by
  monitor TEXT NOT NULL,
  route TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts INTEGER NOT NULL,
  created_ns INTEGER NOT NULL,
  next_ns INTEGER NOT NULL,       -- of the next attempt
  sent_ns INTEGER,
  last_error TEXT NOT NULL
);
CREATE INDEX monitor_notice_waiting ON monitor_notice (monitor, state, next_ns);
