// A pipe into Fast DDS: messages go in and out as raw CDR, so that nothing here knows a message's type.
//
//   bridge DOMAIN ADDRESS r:TOPIC:TYPE w:TOPIC:TYPE ...
//
// Standard input and output carry frames: length of the payload (4 bytes, little-endian), index of the topic in the
// arguments (1 byte), payload with its CDR header. Frame 255 without payload says that all topics are there. The end
// of standard input is the end of the bridge.

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/DataReaderListener.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/Topic.hpp>
#include <fastdds/dds/topic/TopicDataType.hpp>
#include <fastdds/dds/topic/TypeSupport.hpp>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>

using namespace eprosima::fastdds::dds;
using eprosima::fastrtps::rtps::InstanceHandle_t;
using eprosima::fastrtps::rtps::SerializedPayload_t;

namespace {

constexpr uint32_t kMaxBytes = 4u << 20;
constexpr uint32_t kTypicalBytes = 4096;

using Bytes = std::vector<uint8_t>;

class RawType : public TopicDataType {
public:
    explicit RawType(const std::string& name) {
        setName(name.c_str());
        m_typeSize = kTypicalBytes;
        m_isGetKeyDefined = false;
        auto_fill_type_information(false);
        auto_fill_type_object(false);
    }

    bool serialize(void* data, SerializedPayload_t* payload) override {
        const Bytes& bytes = *static_cast<Bytes*>(data);
        if (bytes.size() > payload->max_size) return false;
        std::memcpy(payload->data, bytes.data(), bytes.size());
        payload->length = static_cast<uint32_t>(bytes.size());
        payload->encapsulation = CDR_LE;
        return true;
    }

    bool deserialize(SerializedPayload_t* payload, void* data) override {
        static_cast<Bytes*>(data)->assign(payload->data, payload->data + payload->length);
        return true;
    }

    std::function<uint32_t()> getSerializedSizeProvider(void* data) override {
        return [data]() { return static_cast<uint32_t>(static_cast<Bytes*>(data)->size()); };
    }

    void* createData() override { return new Bytes; }
    void deleteData(void* data) override { delete static_cast<Bytes*>(data); }
    bool getKey(void*, InstanceHandle_t*, bool) override { return false; }
};

bool read_all(uint8_t* into, size_t count) {
    while (count > 0) {
        const ssize_t got = ::read(STDIN_FILENO, into, count);
        if (got <= 0) return false;
        into += got;
        count -= static_cast<size_t>(got);
    }
    return true;
}

void write_frame(uint8_t index, const Bytes& payload) {
    static std::mutex one_at_a_time;
    const uint32_t size = static_cast<uint32_t>(payload.size());
    Bytes frame{static_cast<uint8_t>(size), static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size >> 16),
                static_cast<uint8_t>(size >> 24), index};
    frame.insert(frame.end(), payload.begin(), payload.end());
    const std::lock_guard<std::mutex> lock(one_at_a_time);
    for (size_t done = 0; done < frame.size();) {
        const ssize_t put = ::write(STDOUT_FILENO, frame.data() + done, frame.size() - done);
        if (put <= 0) std::_Exit(0);  // nobody reads any more
        done += static_cast<size_t>(put);
    }
}

class ToPipe : public DataReaderListener {
public:
    explicit ToPipe(uint8_t index) : index_(index) {}

    void on_data_available(DataReader* reader) override {
        Bytes bytes;
        SampleInfo info;
        while (reader->take_next_sample(&bytes, &info) == ReturnCode_t::RETCODE_OK) {
            if (info.valid_data) write_frame(index_, bytes);
        }
    }

private:
    uint8_t index_;
};

int fail(const std::string& what) {
    std::fprintf(stderr, "bridge: %s\n", what.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4 || argc > 250) return fail("usage: bridge DOMAIN ADDRESS r:TOPIC:TYPE w:TOPIC:TYPE ...");

    DomainParticipantQos quality = PARTICIPANT_QOS_DEFAULT;
    quality.name("navila-twin");
    // Said often, so that a peer that missed the first word needn't wait the usual three seconds.
    quality.wire_protocol().builtin.discovery_config.leaseDuration_announcementperiod =
        eprosima::fastrtps::Duration_t(0, 250000000);
    auto transport = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
    transport->interfaceWhiteList.push_back(argv[2]);
    quality.transport().use_builtin_transports = false;
    quality.transport().user_transports.push_back(transport);
    DomainParticipant* participant = DomainParticipantFactory::get_instance()->create_participant(
        static_cast<uint32_t>(std::atoi(argv[1])), quality);
    if (participant == nullptr) return fail("no participant on " + std::string(argv[2]));
    Publisher* publisher = participant->create_publisher(PUBLISHER_QOS_DEFAULT);
    Subscriber* subscriber = participant->create_subscriber(SUBSCRIBER_QOS_DEFAULT);

    std::vector<DataWriter*> writers;
    std::vector<std::unique_ptr<ToPipe>> listeners;
    for (int i = 3; i < argc; ++i) {
        const std::string what = argv[i];
        const size_t colon = what.find(':', 2);
        if (what.size() < 5 || what[1] != ':' || colon == std::string::npos) return fail("what is " + what + "?");
        const std::string name = what.substr(2, colon - 2), kind = what.substr(colon + 1);
        TypeSupport type(new RawType(kind));
        type.register_type(participant);
        Topic* topic = participant->create_topic(name, kind, TOPIC_QOS_DEFAULT);
        if (topic == nullptr) return fail("no topic " + name);
        DataWriter* writer = nullptr;
        if (what[0] == 'w') {
            DataWriterQos writes = DATAWRITER_QOS_DEFAULT;
            writes.reliability().kind = RELIABLE_RELIABILITY_QOS;
            writes.publish_mode().kind = ASYNCHRONOUS_PUBLISH_MODE;
            writes.history().kind = KEEP_LAST_HISTORY_QOS;
            writes.history().depth = 20;
            writes.endpoint().history_memory_policy = eprosima::fastrtps::rtps::DYNAMIC_RESERVE_MEMORY_MODE;
            writer = publisher->create_datawriter(topic, writes);
            if (writer == nullptr) return fail("no writer on " + name);
        } else {
            DataReaderQos reads = DATAREADER_QOS_DEFAULT;
            reads.reliability().kind = RELIABLE_RELIABILITY_QOS;
            reads.history().kind = KEEP_LAST_HISTORY_QOS;
            reads.history().depth = 50;
            reads.endpoint().history_memory_policy = eprosima::fastrtps::rtps::DYNAMIC_RESERVE_MEMORY_MODE;
            listeners.push_back(std::make_unique<ToPipe>(static_cast<uint8_t>(i - 3)));
            if (subscriber->create_datareader(topic, reads, listeners.back().get()) == nullptr)
                return fail("no reader on " + name);
        }
        writers.push_back(writer);
    }
    write_frame(255, Bytes());

    uint8_t head[5];
    while (read_all(head, sizeof head)) {
        const uint32_t size = head[0] | head[1] << 8 | head[2] << 16 | static_cast<uint32_t>(head[3]) << 24;
        if (size > kMaxBytes || head[4] >= writers.size() || writers[head[4]] == nullptr) return fail("a broken frame");
        Bytes payload(size);
        if (!read_all(payload.data(), size)) break;
        writers[head[4]]->write(&payload);
    }
    // Peers learn of the end by a message; a process that merely ends is missed only after its lease.
    participant->delete_contained_entities();
    DomainParticipantFactory::get_instance()->delete_participant(participant);
    return 0;
}
