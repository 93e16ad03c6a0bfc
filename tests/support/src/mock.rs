//! A Kafka of librdkafka's own, in the process of the test and on loopback.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer as _};

/// A cluster that ends with the test.
pub struct Cluster {
    cluster: MockCluster<'static, DefaultProducerContext>,
    /// Its address, as `-b` takes it.
    pub address: String,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Cluster {
    /// A cluster with these topics, each of so many partitions.
    ///
    /// # Panics
    ///
    /// Panics if it does not start.
    pub fn with(topics: &[&str], partitions: i32) -> Self {
        let cluster = MockCluster::new(1).expect("a mock cluster starts");
        for topic in topics {
            cluster.create_topic(topic, partitions, 1).expect("a topic is created");
        }
        let address = cluster.bootstrap_servers();
        Self { cluster, address }
    }

    /// Sends a record to a partition.
    ///
    /// # Panics
    ///
    /// Panics if it does not arrive.
    pub fn send(&self, topic: &str, partition: i32, key: &str, value: &[u8]) {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", self.cluster.bootstrap_servers());
        let producer: BaseProducer = client.create().expect("a producer starts");
        let record = BaseRecord::to(topic).partition(partition).key(key).payload(value);
        producer.send(record).map_err(|(error, _)| error).expect("a record is accepted");
        producer.flush(Duration::from_secs(30)).expect("a record arrives");
    }
}
