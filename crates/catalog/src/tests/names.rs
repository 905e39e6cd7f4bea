//! gpb's spelling is as exact as AWS's: one name there is one name here.

use super::all;
use crate::{ObjectShape, Shape};
use std::collections::{BTreeMap, BTreeSet};

fn is_word(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn objects<'a>(shape: &'a Shape, found: &mut Vec<&'a ObjectShape>) {
    match shape {
        Shape::Object(object) => {
            found.push(object);
            object.properties.iter().for_each(|property| objects(&property.shape, found));
        }
        Shape::List(list) => objects(&list.item, found),
        Shape::Map { value, .. } => objects(value, found),
        Shape::Any(shapes) => shapes.iter().for_each(|shape| objects(shape, found)),
        _ => {}
    }
}

#[test]
fn types_and_properties_are_named_one_to_one() {
    let types = all();
    let names: BTreeSet<_> = types.iter().map(|def| &def.name).collect();
    let aws: BTreeSet<_> = types.iter().map(|def| &def.aws).collect();
    assert_eq!((names.len(), aws.len()), (types.len(), types.len()));
    let mut spelling = BTreeMap::new();
    let mut properties = 0;
    for def in &types {
        assert!(def.name.split('.').count() == 3 && def.name.split('.').all(is_word), "{}", def.name);
        let root = Shape::Object(def.root.clone());
        let mut found = Vec::new();
        objects(&root, &mut found);
        def.nested.iter().for_each(|nested| objects(&nested.shape, &mut found));
        for object in found {
            let mut seen = BTreeSet::new();
            for property in &object.properties {
                properties += 1;
                assert!(is_word(&property.name), "{} {}", def.aws, property.name);
                assert!(seen.insert(&property.name), "{} has {} twice", def.aws, property.name);
                assert_eq!(object.by_name(&property.name).map(|one| &one.aws), Some(&property.aws));
                assert_eq!(object.by_aws(&property.aws).map(|one| &one.name), Some(&property.name));
                let before = spelling.insert(property.aws.clone(), property.name.clone());
                assert!(before.is_none_or(|before| before == property.name), "{} has two spellings", property.aws);
            }
        }
    }
    assert!(properties > 50_000, "{properties}");
}

#[test]
fn well_known_names_read_well() {
    let mut spelling = BTreeMap::new();
    for def in all() {
        let root = Shape::Object(def.root.clone());
        let mut found = Vec::new();
        objects(&root, &mut found);
        def.nested.iter().for_each(|nested| objects(&nested.shape, &mut found));
        for property in found.into_iter().flat_map(|object| &object.properties) {
            spelling.insert(property.aws.clone(), property.name.clone());
        }
    }
    let mut wrong = Vec::new();
    for line in WELL_KNOWN.lines().filter(|line| !line.trim().is_empty()) {
        let (aws, name) = line.trim().split_once(' ').unwrap();
        if spelling.get(aws).map(AsRef::as_ref) != Some(name) {
            wrong.push(format!("{aws}: {:?}, not {name}", spelling.get(aws)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn well_known_types_read_well() {
    let names: BTreeMap<_, _> = all().into_iter().map(|def| (def.aws.clone(), def.name.clone())).collect();
    for line in WELL_KNOWN_TYPES.lines().filter(|line| !line.trim().is_empty()) {
        let (aws, name) = line.trim().split_once(' ').unwrap();
        assert_eq!(names.get(aws).map(AsRef::as_ref), Some(name), "{aws}");
    }
}

const WELL_KNOWN: &str = "
    DBSubnetGroupName db_subnet_group_name
    DBClusterIdentifier db_cluster_identifier
    DBInstanceClass db_instance_class
    KmsKeyId kms_key_id
    KMSMasterKeyId kms_master_key_id
    PerformanceInsightsKMSKeyId performance_insights_kms_key_id
    VpcId vpc_id
    VPCId vpc_id
    VPCs vpcs
    CidrBlock cidr_block
    CidrIp cidr_ip
    CidrIpv6 cidr_ipv6
    EnableDnsHostnames enable_dns_hostnames
    EnableDnsSupport enable_dns_support
    Ipv6CidrBlocks ipv6_cidr_blocks
    Ipv6Addresses ipv6_addresses
    SslPolicy ssl_policy
    SSLCertificateId ssl_certificate_id
    TLSEnabled tls_enabled
    TLSSecurityPolicy tls_security_policy
    AZMode az_mode
    MultiAZ multi_az
    PreferredCacheClusterAZs preferred_cache_cluster_azs
    AvailabilityZones availability_zones
    TargetGroupARNs target_group_arns
    TargetGroupArn target_group_arn
    LoadBalancerArns load_balancer_arns
    NotificationARNs notification_arns
    RoleARN role_arn
    DNSName dns_name
    HostedZoneId hosted_zone_id
    TTL ttl
    HTTPSPort https_port
    S3Bucket s3_bucket
    S3BucketName s3_bucket_name
    IAMDatabaseAuthenticationEnabled iam_database_authentication_enabled
    EnableIAMDatabaseAuthentication enable_iam_database_authentication
    EnableCloudwatchLogsExports enable_cloudwatch_logs_exports
    CloudWatchLogsLogGroupArn cloudwatch_logs_log_group_arn
    DynamoDBConfig dynamodb_config
    ServerlessV2ScalingConfiguration serverless_v2_scaling_configuration
    EC2SecurityGroupId ec2_security_group_id
    ECSServices ecs_services
    EBSOptions ebs_options
    Iops iops
    SSESpecification sse_specification
    SSEType sse_type
    WebACLId web_acl_id
    JWTOptions jwt_options
    AllowedOAuthFlows allowed_oauth_flows
    CallbackURLs callback_urls
    TemplateURL template_url
    ClusterJDBCURL cluster_jdbc_url
    VCpu vcpu
    MemoryGiBPerVCpu memory_gib_per_vcpu
    SqsManagedSseEnabled sqs_managed_sse_enabled
    deadLetterTargetArn dead_letter_target_arn
    DefaultTTL default_ttl
    SNSTopicArn sns_topic_arn
    MapPublicIpOnLaunch map_public_ip_on_launch
    GraphQLUrl graphql_url
";

const WELL_KNOWN_TYPES: &str = "
    AWS::SecretsManager::Secret aws.secretsmanager.secret
    AWS::ElasticLoadBalancingV2::LoadBalancer aws.elasticloadbalancingv2.load_balancer
    AWS::RDS::DBCluster aws.rds.db_cluster
    AWS::EC2::VPC aws.ec2.vpc
    AWS::EC2::VPCEndpoint aws.ec2.vpc_endpoint
    AWS::EC2::EIP aws.ec2.eip
    AWS::EC2::NatGateway aws.ec2.nat_gateway
    AWS::EC2::IPAMPool aws.ec2.ipam_pool
    AWS::IAM::OIDCProvider aws.iam.oidc_provider
    AWS::WAFv2::WebACL aws.wafv2.web_acl
    AWS::S3::Bucket aws.s3.bucket
    AWS::DynamoDB::Table aws.dynamodb.table
    AWS::Route53::RecordSet aws.route53.record_set
    AWS::MSK::Cluster aws.msk.cluster
    AWS::ApplicationAutoScaling::ScalingPolicy aws.applicationautoscaling.scaling_policy
    Alexa::ASK::Skill alexa.ask.skill
";
